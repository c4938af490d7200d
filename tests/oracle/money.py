"""What a row is worth in the reporting currency: rc at its own day's rate, cc at the engagement's reference rate."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .engagements import Engagement
from .records import ZERO, Firm, cents


@dataclass(frozen=True)
class Worth:
    """rc and cc of one row; a row without a rate on its own day counts 0 in both and is missing."""

    rc: Decimal
    cc: Decimal
    is_missing: bool = False

    @property
    def fx(self) -> Decimal:
        return self.rc - self.cc


UNKNOWN = Worth(ZERO, ZERO, True)


def rate(firm: Firm, currency: str, day: date | None) -> Fraction | None:
    """The rate that holds on a day; None before a currency's first. Of one day's rates the first system's counts."""
    if currency == firm.settings.reporting_currency:
        return Fraction(1)

    def by_currency() -> dict[str, dict[date, Fraction]]:
        rates: dict[str, dict[date, Fraction]] = {}
        order = firm.settings.systems.index
        for row in sorted(firm.present("fx_rates"), key=lambda r: order(r.system)):
            rates.setdefault(row["currency"], {}).setdefault(row["rate_date"], Fraction(row["rate"]))
        return rates

    rates = firm.once("rates", by_currency).get(currency, {})
    days = firm.once(("rate days", currency), lambda: sorted(rates))
    place = bisect_right(days, day) if day is not None else 0
    return rates[days[place - 1]] if place else None


def worth(firm: Firm, engagement: Engagement, native: Fraction | Decimal, currency: str, own_day: date) -> Worth:
    """A row valued once in rc and once in cc."""
    own = rate(firm, currency, own_day)
    if own is None:
        return UNKNOWN
    reference = rate(firm, currency, engagement.reference_day) if engagement.reference_day else None
    rc = cents(Fraction(native) * own)
    return Worth(rc, rc if reference is None else cents(Fraction(native) * reference))


def work_rate(firm: Firm, engagement: Engagement, currency: str, work_day: date) -> Fraction | None:
    """Time and expenses have only cc: the reference rate, else the work day's, else none."""
    reference = rate(firm, currency, engagement.reference_day)
    return rate(firm, currency, work_day) if reference is None else reference
