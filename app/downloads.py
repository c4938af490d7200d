"""A frame as a CSV file, with what it is about beside every row, made only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import streamlit as st

from app import formats
from app.metrics import Scope


def button(
    label: str, file: str, scope: Scope, answer: Callable[[], pa.Table], notes: Mapping[str, str] | None = None
) -> None:
    """A button that gives `<file>_<day>.csv`: the answer, then as of, filters and snapshot (or `notes`) as columns."""
    st.download_button(
        label,
        lambda: formats.csv_file(answer(), scope.notes if notes is None else notes),
        file_name=f"{file}_{scope.as_of}.csv",
        mime="text/csv",
        on_click="ignore",
        key=f"download_{file}",
        type="tertiary",
    )
