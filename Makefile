# Rapport: two commands matter, `make demo` and `make test`. `make` alone lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Compiled once and kept, whatever the environment says: else each of the many processes of the tests compiles all anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
MINUTES ?= 30
SEED ?= 7
ON ?=
.PHONY: help demo up test check style soak fast bench measure docs words lock clean

help: ## List these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-9s %s\n", $$1, $$2}'

$(BIN)/rapport: requirements/base.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rapport needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Say which: make demo PYTHON=python3.12")'
	@echo "Installing what Rapport needs into $(VENV): once, a minute or so."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/base.txt
	@$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/dev: requirements/dev.txt $(BIN)/rapport
	@echo "Installing what the tests need, too."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(BIN)/rapport ## Open a demo world in the browser (installs what it needs into .venv)
	@exec $(BIN)/rapport demo

up: $(BIN)/rapport ## Start Rapport on ./rapport-data
	@exec $(BIN)/rapport up

check: $(VENV)/dev ## The fast part: style, types, layers, migrations, docs; the tests on SQLite
	@$(MAKE) --no-print-directory -j 2 style fast

style: $(VENV)/dev
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check src/rapport tests benchmarks words
	$(BIN)/lint-imports --no-logo | tail -n 3
	$(BIN)/vulture
	$(BIN)/mypy

fast: $(VENV)/dev
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

test: $(VENV)/dev ## The whole suite: `make check`, then PostgreSQL, real servers, a real browser
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -n 3 --dist worksteal -m "slow" # three on two cores: much of it waits for servers

soak: $(VENV)/dev ## Everything at once, everything going wrong: make soak MINUTES=30 SEED=7 ON=--postgresql
	$(BIN)/python -m tests.soak --minutes $(MINUTES) --seed $(SEED) $(ON)

bench: $(VENV)/dev ## Measure speed: each benchmark prints ratios taken side by side in one run (but the million rows)
	@for file in $$(grep -l '"--json"' benchmarks/*.py | grep -v million); do $(BIN)/python $$file --json || exit 1; done

measure: $(if $(DATA),$(VENV)/dev) ## Measure accuracy and threads on labelled files: make measure DATA=folder
	@test -n "$(DATA)" || { echo "Say where the labelled files are: make measure DATA=folder"; exit 2; }
	$(BIN)/python benchmarks/accuracy.py $(DATA)
	$(BIN)/python benchmarks/threads.py $(DATA)

docs: $(VENV)/dev ## Make the screenshots in docs/ anew (needs Chromium)
	$(BIN)/python docs/screenshots.py

words: $(VENV)/dev ## Collect the sentences of the screens for translation, compile the catalogues
	$(BIN)/python -m words.update

lock: ## Compile the hashed locks anew from pyproject.toml
	uv pip compile --universal --generate-hashes --no-header --quiet pyproject.toml --group build -o requirements/base.txt
	uv pip compile --universal --generate-hashes --no-header --quiet pyproject.toml --group build --group dev -o requirements/dev.txt

clean: ## Remove what can be made again (never your data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
