# Two commands: `make run` starts everything, `make test` proves everything. Python 3.11+ and make are enough.

SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
UV_VERSION := 0.13.9

# Interpreters are the machine's own: uv must not fetch one.
export UV_PYTHON_DOWNLOADS := never
# Modules are compiled once, when they are installed: without it each start compiles them anew where the environment
# forbids Python to keep what it compiled (images for containers do), and takes three times as long.
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE
export PORT

ENV := .venv/.made
ASSETS := coordination/static/vendor/.made
TEXTS := coordination/translations/en/LC_MESSAGES/messages.mo
READY := $(ENV) $(ASSETS) $(TEXTS)
BIN := .venv/bin

# The machine's own uv and Node serve where they are; otherwise both come as wheels.
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
NPM := $(shell if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; then echo npm; \
	else echo $(UV) run --isolated --locked --only-group node npm; fi)

.PHONY: run test check bench mutants ready format clean

run: ready
	@tools/ensure_pango.sh optional
	@$(BIN)/coordination run

test: check
	@tools/ensure_pango.sh
	@tools/ensure_chromium.sh
	@tools/ensure_softhsm.sh
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

check: ready
	$(UV) lock --check --quiet
	$(BIN)/ruff check
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/python tools/check_translations.py

bench: ready
	$(BIN)/python -m bench

# Changes the rules one by one and asks whether a test fails. MUTANTS='policies.disclosure*' tries some of them.
mutants: ready
	nice $(UV) run --isolated --locked --quiet --group mutation mutmut run --max-children 1 $(MUTANTS)

# What the others stand on; also what a release needs before its service starts.
ready: $(READY)

format: $(ENV)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Takes away what the commands made, but not instance/: that is data.
clean:
	rm -rf .venv .tools node_modules coordination/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find coordination -name '*.mo' -delete

$(ENV): pyproject.toml uv.lock | $(filter .tools/%,$(UV))
	@$(PYTHON) tools/require_python.py
	$(UV) sync --locked --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')"
	@touch $@

.tools/bin/uv:
	@$(PYTHON) tools/require_python.py
	@sh tools/make_uv.sh "$(PYTHON)" $(UV_VERSION)

# npm refuses a lock file that does not agree with package.json.
node_modules/.made: package.json package-lock.json .npmrc | $(ENV)
	$(NPM) ci --no-progress
	@touch $@

$(ASSETS): node_modules/.made tools/vendor_assets.py | $(ENV)
	@$(BIN)/python tools/vendor_assets.py
	@touch $@

$(TEXTS): $(TEXTS:.mo=.po) tools/check_translations.py | $(ENV)
	@$(BIN)/python tools/check_translations.py --compile
