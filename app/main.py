"""The app: app/pages/*.py under one navigation bar. Served by `tieout serve`; its home is TIEOUT_HOME."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).resolve().parent
if str(FOLDER.parent) not in sys.path:  # streamlit puts the script's own folder there, not the repository
    sys.path.insert(0, str(FOLDER.parent))

PAGES = ("overview", "bridge", "engagement", "trust", "ledger", "metrics", "sql")
TITLES = {"sql": "SQL"}

st.set_page_config(page_title="Tieout", page_icon=str(FOLDER / "icon.svg"), layout="wide")
st.logo(str(FOLDER / "logo.svg"), size="large")
st.navigation(
    [
        st.Page(f"pages/{name}.py", title=TITLES.get(name, name.title()), default=name == PAGES[0])
        for name in PAGES
        if (FOLDER / "pages" / f"{name}.py").exists()
    ],
    position="top",
).run()
