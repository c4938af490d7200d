"""tieout.toml says what a home is; whatever is wrong in it is refused with a sentence that names it."""

import os
from pathlib import Path

import pytest

from warehouse.errors import SettingsError
from warehouse.settings import REPOSITORY, export_secrets, find_home, read_settings


def write(home: Path, text: str) -> Path:
    (home / "tieout.toml").write_text(text)
    return home


GOOD = """
reporting_currency = "EUR"
fiscal_year_start_month = 4
[systems.ledger]
source = "template"
path = "exports"
url = "https://ledger.example"
[systems.crm]
source = "template"
path = "exports"
"""


def test_systems_keep_their_order_as_precedence_and_their_other_keys_as_options(home: Path) -> None:
    settings = read_settings(write(home, GOOD))
    assert [(system.name, system.precedence) for system in settings.systems] == [("ledger", 0), ("crm", 1)]
    assert settings.systems[0].path == home / "exports"
    assert settings.systems[0].options == {"url": "https://ledger.example"}


def test_what_is_not_said_has_its_default(home: Path) -> None:
    settings = read_settings(write(home, GOOD))
    assert settings.business_time_zone == "UTC"
    assert settings.default_payment_terms_days == 30
    assert (settings.reporting_currency, settings.fiscal_year_start_month) == ("EUR", 4)


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        ('reporting_currency = "EUR"', "", "lacks reporting_currency"),
        ('"EUR"', '"EURO"', "'EURO' is no ISO 4217 code"),
        ('"EUR"', "7", "7 is no ISO 4217 code"),
        ("fiscal_year_start_month = 4", "fiscal_year_start_month = 13", "from 1 to 12, not 13"),
        ("fiscal_year_start_month = 4", "fiscal_year_start_month = true", "not True"),
        ("fiscal_year_start_month = 4", 'business_time_zone = "Mars/Base"', "'Mars/Base' is no time zone"),
        ("fiscal_year_start_month = 4", "fiscal_year_start_moth = 4", "unknown key 'fiscal_year_start_moth'"),
        ("fiscal_year_start_month = 4", "fiscal_year_start_month = ", "is not valid TOML"),
        ("[systems.crm]", "[systems.CRM]", "CRM"),
        ("[systems.crm]", "[systems.unlinked]", "taken by Tieout itself"),
        ("[systems.crm]", "[systems.tieout]", "tieout"),
        ('[systems.crm]\nsource = "template"', '[systems.crm]\nsource = "abacus"', "source 'abacus' is unknown"),
        ('[systems.crm]\nsource = "template"', "[systems.crm]", "source None is unknown"),
        ('[systems.crm]\nsource = "template"\npath = "exports"', '[systems.crm]\nsource = "template"', "needs path"),
        ('url = "https://ledger.example"', 'api_token = "abc"', "secrets never stand in tieout.toml"),
        ('url = "https://ledger.example"', 'exported_at = "2026-03-31"', "a time with its offset"),
        ('[systems.crm]\nsource = "template"\npath = "exports"', "", None),
    ],
)
def test_a_wrong_line_is_refused_by_name(home: Path, wrong: str, right: str, sentence: str | None) -> None:
    assert wrong in GOOD
    write(home, GOOD.replace(wrong, right, 1))
    if sentence is None:
        assert [system.name for system in read_settings(home).systems] == ["ledger"]
        return
    with pytest.raises(SettingsError) as refusal:
        read_settings(home)
    assert sentence in str(refusal.value)
    assert "abc" not in str(refusal.value)


def test_a_path_that_does_not_exist_is_refused_by_name(home: Path) -> None:
    write(home, GOOD.replace('"exports"', '"exprots"', 1))
    with pytest.raises(SettingsError, match=r"exprots does not exist"):
        read_settings(home)


def test_a_folder_without_tieout_toml_is_no_home(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"has no tieout\.toml"):
        read_settings(tmp_path)


def test_the_home_is_the_one_given_else_the_environments_else_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIEOUT_HOME", raising=False)
    assert find_home() == REPOSITORY
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path / "a"))
    assert find_home() == tmp_path / "a"
    assert find_home(str(tmp_path / "b")) == tmp_path / "b"


def test_a_secrets_file_that_others_may_read_is_refused(home: Path) -> None:
    file = home / "secrets.toml"
    file.write_text('[exports]\npassword = "hunter2"\n')
    file.chmod(0o640)
    with pytest.raises(SettingsError, match=r"mode 640.*chmod 600") as refusal:
        export_secrets(read_settings(home))
    assert "hunter2" not in str(refusal.value)


def test_the_secrets_file_fills_what_the_environment_lacks(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_EXPORTS_USER", "from the environment")
    monkeypatch.setenv("TIEOUT_EXPORTS_PASSWORD", "")
    monkeypatch.delenv("TIEOUT_EXPORTS_PASSWORD")
    file = home / "secrets.toml"
    file.write_text('[exports]\nuser = "from the file"\npassword = "hunter2"\n[other]\npassword = "x"\n')
    file.chmod(0o600)
    export_secrets(read_settings(home))
    assert os.environ["TIEOUT_EXPORTS_USER"] == "from the environment"
    assert os.environ["TIEOUT_EXPORTS_PASSWORD"] == "hunter2"
    assert "TIEOUT_OTHER_PASSWORD" not in os.environ


def test_a_broken_secrets_file_is_refused_without_quoting_it(home: Path) -> None:
    file = home / "secrets.toml"
    file.write_text('[exports]\npassword = "hunter2\n')
    file.chmod(0o600)
    with pytest.raises(SettingsError, match="not valid TOML") as refusal:
        export_secrets(read_settings(home))
    assert "hunter2" not in str(refusal.value)
