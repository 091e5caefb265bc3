# Needs only a POSIX shell, make and Python 3.11 or later. `make` alone lists the targets.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh

VENV := .venv
BIN  := $(VENV)/bin
CODE := service activities workflows api tests
# Files of tests side by side, each process with servers of its own: as many as there are cores, four at most.
PYTEST := $(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

# The first interpreter that runs and is new enough (a pyenv shim can be on PATH and still refuse to run).
FIND_PYTHON = for p in python3.11 python3 python3.12 python3.13; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$p; exit; fi; done

.PHONY: help setup demo up test check bench trace openapi format lock clean ready

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

# The lock and the project file that were installed are kept inside .venv: set-up happens once for each content.
setup: ## make .venv from requirements.lock (does nothing when it is up to date)
	@if $(BIN)/python -c '' 2>/dev/null && cmp -s requirements.lock $(VENV)/requirements.lock \
	    && cmp -s pyproject.toml $(VENV)/pyproject.toml; then exit 0; fi; \
	set -e; \
	if ! $(BIN)/python -c '' 2>/dev/null; then \
	  py=$$($(FIND_PYTHON)); \
	  if [ -z "$$py" ]; then \
	    echo "Shifan needs Python 3.11 or later as python3.11 or python3 on PATH; found: $$(python3 --version 2>&1 || echo none)." >&2; \
	    exit 1; \
	  fi; \
	  rm -rf $(VENV); \
	  $$py -m venv $(VENV) || { echo "Python's venv module is missing: on Debian and Ubuntu install python3-venv." >&2; exit 1; }; \
	fi; \
	if ! cmp -s requirements.lock $(VENV)/requirements.lock; then \
	  echo "Setting up $(VENV) from requirements.lock (about a minute, once) ..."; \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements.lock; \
	  cp requirements.lock $(VENV)/requirements.lock; \
	fi; \
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .; \
	cp pyproject.toml $(VENV)/pyproject.toml

ready:
	@[ -x $(BIN)/pytest ] || { echo "There is no $(VENV) yet: run 'make setup' first." >&2; exit 1; }

demo: setup ## run a whole programme, years in minutes, on the real Temporal server
	@$(BIN)/shifan demo

up: setup ## start Temporal, worker and API on this machine
	@$(BIN)/shifan up

test: setup ## run every test (needs the PostgreSQL server programs)
	@$(BIN)/python -m tests.support.postgres
	@$(PYTEST)

check: ready ## format, lint, types, imports, unit tests: under a minute, installs nothing
	@echo "format and lint ..." && $(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@echo "types ..."           && $(BIN)/mypy --strict --no-error-summary
	@echo "imports ..."         && $(BIN)/lint-imports --no-logo >$(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }
	@echo "unit tests ..."      && $(PYTEST) --quiet tests/unit tests/architecture

bench: setup ## measure throughput and latency on this machine
	@$(BIN)/python -m tests.bench

trace: setup ## write tests/acceptance/TRACE.md: every rule, where it stands, what proves it
	@$(BIN)/python -m tests.support.trace

openapi: setup ## write api/openapi.json
	@$(BIN)/shifan openapi --output api/openapi.json

format: ready ## format and mend what ruff can
	@$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format --quiet .

lock: setup ## resolve pyproject.toml again, newest versions, into requirements.lock
	@echo "Resolving ..."
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" --extra dev --output-file requirements.lock pyproject.toml

clean: ## remove .venv and the tools' caches; var/ (data) stays
	@rm -rf $(VENV) dist build htmlcov .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
