"""Days and moments of the simulation: working days, month ends, and a business hour as a UTC moment."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """That hour of the business day (08 to 17, New York) in UTC: five hours on, so the day is the same in both."""
    return datetime(day.year, day.month, day.day, hour + 5, minute, tzinfo=UTC)


def is_working(day: date) -> bool:
    """Monday to Friday, New Year's Day, 4 July and Christmas excepted."""
    return day.weekday() < 5 and (day.month, day.day) not in {(1, 1), (7, 4), (12, 25)}


def working_days(first: date, last: date) -> Iterator[date]:
    """Every working day from first to last, both included."""
    day = first
    while day <= last:
        if is_working(day):
            yield day
        day += timedelta(days=1)


def next_working(day: date, count: int = 0) -> date:
    """The day itself or the next working one, then `count` working days further."""
    while not is_working(day):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while not is_working(day):
            day += timedelta(days=1)
    return day


def add_months(day: date, months: int) -> date:
    """The first of the month that many months after the day's month."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return add_months(day, 1) - timedelta(days=1)


def months(first: date, last: date) -> Iterator[date]:
    """The first day of every month that has a day from first to last."""
    month = add_months(first, 0)
    while month <= last:
        yield month
        month = add_months(month, 1)
