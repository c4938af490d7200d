# What a person types. It needs Python 3.11 or newer, git and make; uv is found, or put into .venv-uv.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check

UV := $(or $(shell command -v uv 2>/dev/null),.venv-uv/bin/uv)
BIN := .venv/bin
PORT ?= 8501
PYTEST ?= -n 2 --dist loadgroup

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## */\t/'

setup: .venv/.locked  ## install exactly what uv.lock says into .venv

.venv/.locked: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen
	@touch $@

.venv-uv/bin/uv:
	python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	python3 -m venv .venv-uv
	.venv-uv/bin/python -m pip install --quiet uv

demo: setup  ## load, build and publish the sample firm, then serve it on PORT
	$(BIN)/tieout demo --port $(PORT)

check: setup  ## ruff and mypy, as before every commit
	$(BIN)/ruff check
	$(BIN)/mypy

test: setup  ## ruff, mypy and every test; the tests run even if the others complain
	@status=0; \
	echo "== ruff"; $(BIN)/ruff check || status=1; \
	echo "== mypy"; $(BIN)/mypy || status=1; \
	echo "== pytest"; $(BIN)/pytest $(PYTEST) || status=1; \
	exit $$status
