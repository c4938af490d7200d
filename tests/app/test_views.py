"""Every page, found by its file: it opens without an error, says how fresh and how checked its data is."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from warehouse.settings import REPOSITORY

MAIN = REPOSITORY / "app" / "main.py"
VIEWS = sorted(path.name for path in (MAIN.parent / "views").glob("*.py"))
SECONDS = 60
QUIET = {"ledger.py", "metrics.py", "sql.py"}  # pages that name no client


def opened(view: str, **parameters: str) -> AppTest:
    """The page after its first run, under the given URL parameters."""
    app = AppTest.from_file(str(MAIN), default_timeout=SECONDS)
    app.run()
    app.switch_page(f"views/{view}")
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def html_of(app: AppTest) -> str:
    """All HTML that the page has drawn."""
    return "\n".join(element.proto.body for element in app.get("html"))


def test_the_folder_is_not_one_that_streamlit_runs_by_itself():
    assert not (MAIN.parent / "pages").exists()


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_opens_and_says_how_fresh_its_data_is(home: Path, view: str):
    app = opened(view)
    assert not app.exception
    text = html_of(app)
    assert "data to <b>" in text and "checks passed" in text
    assert app.date_input(key="as_of").value is not None


@pytest.mark.parametrize("view", VIEWS)
def test_a_hostile_name_is_never_markup(hostile_home: Path, monkeypatch: pytest.MonkeyPatch, view: str):
    monkeypatch.setenv("TIEOUT_HOME", str(hostile_home))
    app = opened(view)
    assert not app.exception
    text = html_of(app)
    assert "&lt;img" in text or view in QUIET, "the hostile name is there to be seen"
    assert "<img" not in text and "javascript:" not in text
    for element in (*app.markdown, *app.caption, *app.info, *app.warning, *app.error):
        assert "evil.example" not in element.value
    for link in app.get("page_link"):
        assert "evil" not in link.proto.label


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("overview.py", 'title="budgets (psa_budget_lines)">Lacks budgets</dd>'),
        ("overview.py", '<span class="t-exact">Lacks budgets</span>'),
        ("today.py", "Not available: this warehouse lacks budgets (psa_budget_lines)."),
        ("bridge.py", "Not available: this warehouse lacks budgets (psa_budget_lines)."),
        ("engagement.py", 'title="budgets (psa_budget_lines)">Lacks budgets</dd>'),
    ],
)
def test_a_page_says_what_is_lacking_and_how_many_rows_were_set_aside(
    half_loaded_home: Path, monkeypatch: pytest.MonkeyPatch, view: str, said: str
):
    monkeypatch.setenv("TIEOUT_HOME", str(half_loaded_home))
    app = opened(view)
    assert not app.exception
    assert said in html_of(app)
    assert '<a href="trust?section=Data">3 rows set aside</a>' in html_of(app)


def test_a_value_of_the_url_counts_only_if_it_is_a_choice(home: Path):
    app = opened("bridge.py", bridge="planned_to_billed", step="unapproved", show="movement")
    assert app.session_state["bridge"] == "planned_to_billed"
    assert app.session_state["step"] == "unapproved"
    wrong = opened("bridge.py", bridge="'; drop table x", step="<script>", show="1=1")
    assert not wrong.exception
    assert wrong.session_state["bridge"] == "sold_to_planned"
    assert wrong.session_state["show"] == "as_of"


def test_a_filter_in_the_url_is_told_under_the_title(home: Path):
    app = AppTest.from_file(str(MAIN), default_timeout=SECONDS)
    app.query_params["practice"] = ["Data", "no such practice"]
    app.run()
    assert not app.exception
    assert "only <b><bdi>Practice: Data</bdi></b>" in html_of(app)


def test_a_step_can_be_chosen_without_a_mouse(home: Path):
    app = opened("bridge.py", bridge="planned_to_billed", step="unapproved")
    steps = app.selectbox(key="step")
    assert steps.value == "unapproved"
    steps.set_value("written_off").run()
    assert not app.exception
    assert '<h2 class="t-h2">Written off</h2>' in html_of(app)


def test_without_a_warehouse_a_page_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path))
    app = AppTest.from_file(str(MAIN), default_timeout=SECONDS).run()
    assert not app.exception
    assert "tieout refresh" in app.text[0].value
