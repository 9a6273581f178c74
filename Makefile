# `make demo` and `make test` set themselves up; `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
KAFKA := .cache/kafka/.stamp
BENCH := .venv-quix
PIP := -m pip install --quiet --disable-pip-version-check

# Kafka for the tests is a matter of machines with Java and Maven; elsewhere its tests are skipped, and say so.
HAS_KAFKA := $(and $(shell command -v java 2>/dev/null),$(shell command -v mvn 2>/dev/null))

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format lock bench-setup clean

help:
	@echo "make demo         the main job on this machine, nothing but Python needed"
	@echo "make test         every test that this machine can run (REQUIRE_ALL=1: a missing server is a failure)"
	@echo "make lint         ruff, its formatter, and mypy"
	@echo "make format       let ruff put the form right"
	@echo "make setup        .venv with the pinned packages; with Java and Maven also a Kafka for the tests"
	@echo "make bench-setup  .venv-quix, for the comparison with Quix Streams"
	@echo "make lock         pin the packages anew"
	@echo "make clean        remove all that these made, but for the Kafka"

setup: $(STAMP) $(if $(HAS_KAFKA),$(KAFKA))

$(STAMP): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP) -r requirements.lock
	$(BIN)/python $(PIP) --no-deps --editable .
	@touch $@

$(KAFKA): deploy/kafka/jars/pom.xml | $(STAMP)
	$(BIN)/python -m tests.servers.kafka --fetch
	@mkdir -p $(@D) && touch $@

demo: $(STAMP)
	$(BIN)/transitwatch demo

test: setup
	$(BIN)/python -m pytest

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench-setup: $(STAMP) $(BENCH)/.stamp

$(BENCH)/.stamp: deploy/bench/requirements-quix.txt pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python $(PIP) -r deploy/bench/requirements-quix.txt
	@touch $@

lock: $(VENV)/bin/python
	$(BIN)/python $(PIP) uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --no-emit-index-url --no-header -o requirements.lock

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) $(BENCH) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
