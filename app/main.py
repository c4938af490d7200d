"""The app: app/views/*.py under one navigation bar. Served by `tieout serve`; its home is TIEOUT_HOME.

The folder is not called `pages`: Streamlit runs a file of a folder of that name by itself, without this one, when a
link to it is the first thing that a fresh server is asked for.
"""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).resolve().parent
if str(FOLDER.parent) not in sys.path:  # streamlit puts the script's own folder there, not the repository
    sys.path.insert(0, str(FOLDER.parent))

from app import filters  # noqa: E402

PAGES = {
    "overview": "Overview",
    "today": "Today",
    "bridge": "Bridge",
    "engagement": "Engagement",
    "trust": "Trust",
    "ledger": "Ledger",
    "metrics": "Metrics",
    "sql": "SQL",
}

st.set_page_config(page_title="Tieout", page_icon=str(FOLDER / "icon.svg"), layout="wide")
st.logo(str(FOLDER / "logo.svg"), size="large")
page = st.navigation(
    [st.Page(f"views/{name}.py", title=title, default=name == "overview") for name, title in PAGES.items()],
    position="top",
)
filters.show(page.title)
page.run()
