# CNN Workbench. `make` alone says what there is; `make run` is all a visitor needs.
#
# What has to be installed is remembered by two stamps in .venv, which are older than the pinned
# requirements when there is something to do. ARGS goes to the program: make test ARGS="-k pool".

SHELL := /bin/sh
PY := .venv/bin/python
RUN_READY := .venv/run.stamp
TEST_READY := .venv/test.stamp
NODE_READY := $(if $(shell command -v npm),node_modules/.package-lock.json)
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check
COMPILE := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make requirements"

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test proof check format lint types bench screenshots requirements \
	lint-python types-python lint-scripts types-scripts

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' Makefile

run: $(RUN_READY) ## install what the app needs, start it, print its address
	@$(PY) -m streamlit run app.py $(ARGS)

test: $(TEST_READY) ## run all tests, those in a browser too where there is one
	@$(PY) -m tests.browser.chromium
	@$(PY) -m tests.postgres
	@$(PY) -m pytest $(ARGS)

proof: $(TEST_READY) ## run the proofs, which take minutes each: before a version goes out
	@$(PY) -m tests.browser.chromium
	@$(PY) -m tests.postgres
	@$(PY) -m pytest -m proof $(ARGS)

check: format lint types test ## format, then lint, types and tests: before every commit

format: $(TEST_READY) ## put the code in order
	@$(PY) -m ruff check --quiet --fix-only .
	@$(PY) -m ruff format --quiet .

lint: lint-python lint-scripts ## look for mistakes and untidiness, change nothing

types: types-python types-scripts ## check the types

lint-python: $(TEST_READY)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types-python: $(TEST_READY)
	@$(PY) -m mypy

lint-scripts types-scripts: %-scripts: $(NODE_READY)
	@$(call scripts,$*)

bench: $(TEST_READY) ## measure speed, each figure beside its reference, into benchmarks/RESULTS.md (ARGS=NAME, ARGS=quick)
	@$(PY) benchmarks/all.py $(ARGS)

screenshots: $(TEST_READY) ## every page, light and dark, on three widths, into shots/ (ARGS=NAME for one, ARGS=--all for all)
	@$(PY) -m tests.browser.chromium
	@$(PY) scripts/screenshots.py $(ARGS)

requirements: $(TEST_READY) ## pin requirements*.in anew (ARGS=--upgrade for newer versions)
	@$(COMPILE) requirements.in -o requirements.txt $(ARGS)
	@$(COMPILE) requirements-ray.in -o requirements-ray.txt $(ARGS)
	@$(COMPILE) requirements-dev.in -o requirements-dev.txt $(ARGS)

# The scripts of ui/ are checked where node is; the app needs none of it.
scripts = $(if $(NODE_READY),npm run --silent $(1),echo "Skipped, as node is not here: npm run $(1)")

node_modules/.package-lock.json: package-lock.json
	@echo "Installing what checks the scripts ..."
	@npm ci --silent
	@touch $@

$(PY):
	@set -e; \
	for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	  if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then \
	    echo "Creating .venv with $$($$python --version) ..."; \
	    $$python -m venv .venv || { rm -rf .venv; exit 1; }; \
	    exit 0; \
	  fi; \
	done; \
	echo "CNN Workbench needs Python 3.11, 3.12 or 3.13, and found none of them." >&2; \
	echo "Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; \
	exit 1

$(RUN_READY): requirements.txt | $(PY)
	@echo "Installing what the app needs (TensorFlow takes its minutes the first time) ..."
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(TEST_READY): requirements-dev.txt $(RUN_READY)
	@echo "Installing what the checks need ..."
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@
