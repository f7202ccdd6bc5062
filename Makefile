# Two commands set up everything on a machine with Python 3.11 or later: make demo and make test.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
NUMBA_CACHE_DIR ?= $(CURDIR)/.numba_cache
export NUMBA_CACHE_DIR
export PYBAMM_DISABLE_TELEMETRY = true

.PHONY: demo test fast bench lint clean

demo: $(VENV)/.demo
	$(BIN)/solidcell run nmc811_lpscl_li_450 --force
	$(BIN)/solidcell plot results/nmc811_lpscl_li_450.h5

# Compiled once, then loaded by each worker; tests of one file share what they have run.
test: $(VENV)/.dev
	$(BIN)/solidcell warmup
	$(BIN)/python -m pytest -m "slow or not slow" --numprocesses auto --dist loadfile

fast: $(VENV)/.dev
	$(BIN)/python -m pytest

bench: $(VENV)/.dev
	mkdir -p .benchmarks
	$(BIN)/python -m pytest benchmarks --benchmark-json=.benchmarks/latest.json

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy --config-file pyproject.toml -p solidcell.engine -p solidcell.kernels
	$(BIN)/lint-imports

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[pybamm,plot]" --config-settings editable_mode=strict
	touch $@

# What tests need contains what the demo needs.
$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[dev]" --config-settings editable_mode=strict
	touch $(VENV)/.demo $@

clean:
	rm -rf $(VENV) build .numba_cache .benchmarks .pytest_cache .mypy_cache .ruff_cache
