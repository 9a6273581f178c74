# `make demo` and `make test` set themselves up; `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp

.PHONY: help setup demo test lint format lock clean

help:
	@echo "make demo    the main job on this machine, nothing but Python needed"
	@echo "make test    every test that this machine can run (REQUIRE_ALL=1: a missing server is a failure)"
	@echo "make lint    ruff, mypy, and the house rules"
	@echo "make setup   .venv with the pinned packages; servers for tests where the machine offers them"
	@echo "make lock    pin the packages anew"

setup: $(STAMP)

$(STAMP): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(STAMP)

demo: setup
	$(BIN)/transitwatch demo

test: setup
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --no-emit-index-url --no-header -o requirements.lock

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
