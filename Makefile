# make run    set up, load the Øresund graph and serve it at http://localhost:8000
# make test   set up and run everything
# make check  lint, types, import contracts and the fast tests
.PHONY: help setup run test check lint format figures constraints clean
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv
UV_VERSION := 0.13.8
# Two processes, each with whole files of tests: what a file shares is made once. The examples in src are last and short,
# so that both end together.
SIDE_BY_SIDE := --numprocesses 2 --dist loadfile --no-loadscope-reorder
# Code is compiled once, also where the environment says otherwise: tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

help:
	@sed -n 's/^# make /make /p' Makefile

$(UV):
	$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is needed. On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/.run: $(UV) pyproject.toml constraints.txt
	$(UV) pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(UV) pip install --quiet --python $(BIN)/python --constraint constraints.txt --group dev
	@touch $@

# What the tests need from outside Python: a browser, and a tracer for the durability test.
$(VENV)/.tools: $(VENV)/.dev tests/install-tools.sh
	bash tests/install-tools.sh
	@touch $@

setup: $(VENV)/.dev

run: $(VENV)/.run
	$(BIN)/ecograph load
	$(BIN)/ecograph serve

test: $(VENV)/.tools
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)

check: $(VENV)/.dev lint
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not slow and not browser"

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The figures in README.md, measured here.
figures: $(VENV)/.dev
	$(BIN)/python benchmarks/figures.py

# Every version, ours and theirs, as tried together; no addresses in it.
constraints: $(UV)
	$(UV) pip compile --quiet --python $(BIN)/python --no-header --no-annotate --no-emit-index-url --group dev pyproject.toml --output-file constraints.txt

clean:
	rm -rf $(VENV) var
