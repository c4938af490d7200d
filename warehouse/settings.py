"""What a home is set to: tieout.toml (+ secrets from elsewhere) -> Settings, or a sentence that says what to mend.

A *home* is a folder with tieout.toml; raw.duckdb, build/, snapshots/ and warehouse.duckdb live in it. The default home
is the repository itself, which is the demo's.
"""

from __future__ import annotations

import os
import stat
import tomllib
import zoneinfo
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ingestion.canonical import CURRENCIES
from ingestion.systems import ConfigurationError, System, source_names
from warehouse.errors import SettingsError

REPOSITORY = Path(__file__).resolve().parent.parent
SETTINGS_KEYS = {
    "reporting_currency",
    "business_time_zone",
    "fiscal_year_start_month",
    "default_payment_terms_days",
    "systems",
}
# Words that read as something else at the start of an engagement's id.
RESERVED_SYSTEM_NAMES = {"unlinked", "deal", "project"}
SECRET_WORDS = ("password", "secret", "token", "api_key", "private_key", "credential")


@dataclass(frozen=True)
class Settings:
    """One home's configuration, checked. Systems stand in order of precedence (first = 0)."""

    home: Path
    reporting_currency: str
    business_time_zone: str
    fiscal_year_start_month: int
    default_payment_terms_days: int
    systems: tuple[System, ...]

    @property
    def raw_file(self) -> Path:
        return self.home / "raw.duckdb"

    @property
    def build_folder(self) -> Path:
        return self.home / "build"

    @property
    def snapshots_folder(self) -> Path:
        return self.home / "snapshots"

    @property
    def warehouse_link(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def decisions_folder(self) -> Path:
        return self.home / "decisions"

    @property
    def lock_file(self) -> Path:
        return self.home / ".lock"


def find_home(given: str | os.PathLike[str] | None = None) -> Path:
    """The home: the one given, else TIEOUT_HOME, else the repository. Absolute, symlinks resolved."""
    return Path(given or os.environ.get("TIEOUT_HOME") or REPOSITORY).expanduser().resolve()


def read_settings(home: Path) -> Settings:
    """Settings of the home, from its tieout.toml. Raises SettingsError with a sentence."""
    file = home / "tieout.toml"
    if not file.is_file():
        raise SettingsError(f"{home} is no home: it has no tieout.toml. Write one, or name another home with --home.")
    try:
        with file.open("rb") as text:
            table = tomllib.load(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not valid TOML: {error}.") from error

    unknown = sorted(set(table) - SETTINGS_KEYS)
    if unknown:
        raise SettingsError(
            f"{file} has the unknown key {unknown[0]!r}. Known keys are {', '.join(sorted(SETTINGS_KEYS))}."
        )
    systems = table.get("systems", {})
    if not isinstance(systems, dict) or not all(isinstance(system, dict) for system in systems.values()):
        raise SettingsError(f"{file}: systems are written as tables, for example [systems.salesforce].")
    if not systems:
        raise SettingsError(f"{file} names no system. Add at least one, for example [systems.salesforce].")
    return Settings(
        home=home,
        reporting_currency=_currency(file, table.get("reporting_currency")),
        business_time_zone=_time_zone(file, table.get("business_time_zone", "UTC")),
        fiscal_year_start_month=_whole_number(file, table, "fiscal_year_start_month", default=1, least=1, most=12),
        default_payment_terms_days=_whole_number(
            file, table, "default_payment_terms_days", default=30, least=0, most=3650
        ),
        systems=tuple(
            _system(file, home, precedence, name, keys) for precedence, (name, keys) in enumerate(systems.items())
        ),
    )


def export_secrets(settings: Settings) -> None:
    """Put the secrets file's entries where sources look for them, unless the environment has them already.

    A source reads TIEOUT_<SYSTEM>_<NAME>. The file is TIEOUT_SECRETS, else <home>/secrets.toml, with one table for each
    system; it is refused when others may read it.
    """
    file = Path(os.environ.get("TIEOUT_SECRETS") or settings.home / "secrets.toml")
    if not file.exists():
        return
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        raise SettingsError(f"{file} may be read by others (mode {mode:o}). Run: chmod 600 {file}")
    try:
        with file.open("rb") as text:
            tables = tomllib.load(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # The parser's own message may quote the line, and with it the secret.
        raise SettingsError(f"{file} is not valid TOML. It holds one table for each system.") from None
    for system in settings.systems:
        for name, value in tables.get(system.name, {}).items():
            os.environ.setdefault(f"TIEOUT_{system.name}_{name}".upper(), str(value))


def _system(file: Path, home: Path, precedence: int, name: str, keys: dict[str, Any]) -> System:
    where = f"{file}, [systems.{name}]"
    if name in RESERVED_SYSTEM_NAMES:
        raise SettingsError(f"{where}: the name {name!r} is taken by Tieout itself; call the system something else.")
    source = keys.get("source")
    if source not in source_names():
        raise SettingsError(f"{where}: source {source!r} is unknown. Known are {', '.join(source_names())}.")
    for key in keys:
        if any(word in key for word in SECRET_WORDS):
            raise SettingsError(
                f"{where}: {key!r} looks like a secret, and secrets never stand in tieout.toml. Put it in the "
                f"environment (TIEOUT_{name.upper()}_{key.upper()}) or in {home / 'secrets.toml'} with mode 600."
            )
    exported_at = keys.get("exported_at")
    if exported_at is not None and _instant(exported_at) is None:
        raise SettingsError(f"{where}: exported_at is a time with its offset, for example 2026-03-31T18:00:00-04:00.")
    path = keys.get("path")
    if path is not None:
        if not isinstance(path, str):
            raise SettingsError(f"{where}: path is the name of a folder, in quotes.")
        path = home / path
        if not path.exists():
            raise SettingsError(f"{where}: the path {path} does not exist.")
    elif source == "template":
        raise SettingsError(f"{where}: a template system needs path, the folder of its files.")
    options = {key: value for key, value in keys.items() if key not in ("source", "path")}
    try:
        return System(name=name, source=str(source), path=path, options=options, precedence=precedence)
    except ConfigurationError as error:
        raise SettingsError(f"{where}: {error}") from error


def _currency(file: Path, code: Any) -> str:
    if code is None:
        raise SettingsError(f'{file} lacks reporting_currency. Add, for example: reporting_currency = "USD"')
    if code not in CURRENCIES:
        raise SettingsError(f"{file}: reporting_currency {code!r} is no ISO 4217 code, such as USD or EUR.")
    return str(code)


def _time_zone(file: Path, name: Any) -> str:
    if not isinstance(name, str) or name not in zoneinfo.available_timezones():
        raise SettingsError(f"{file}: business_time_zone {name!r} is no time zone, such as America/New_York or UTC.")
    return name


def _whole_number(file: Path, table: dict[str, Any], key: str, *, default: int, least: int, most: int) -> int:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise SettingsError(f"{file}: {key} is a whole number from {least} to {most}, not {value!r}.")
    return int(value)


def _instant(value: Any) -> datetime | None:
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo else None
