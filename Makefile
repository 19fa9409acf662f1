# inkread: `make` lists the targets.

PYTHON ?= python3
IMAGE ?= samples/phone-photo.jpg
PIP = -m pip install -qq --disable-pip-version-check --no-input -c constraints.txt
READ := .venv/.ready
TEST := .venv-test/.ready
BIN := .venv-test/bin

.DEFAULT_GOAL := help
.SILENT:
.DELETE_ON_ERROR:
.PHONY: help read setup test test-slow lint format wheel clean

help: ## List the targets
	awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

read: $(READ) ## Read samples/phone-photo.jpg, or IMAGE=path, and print its text
	.venv/bin/inkread read "$(IMAGE)"

setup: $(TEST) ## Set up .venv-test, with everything that the tests need

test: lint ## Check the code and run the tests
	$(BIN)/python -m pytest -n auto --ignore=tests/browser
	tasks/test_browser.sh

test-slow: $(TEST) ## Run the tests that take longer
	$(BIN)/python -m pytest -n auto -m slow

lint: $(TEST) ## Check style (ruff), types (mypy), layers (import-linter), scripts (shellcheck)
	tasks/lint.sh

format: $(TEST) ## Bring the code into the one format
	$(BIN)/ruff check -q --fix-only .
	$(BIN)/ruff format -q .

wheel: ## Build source archive and wheel into dist/, and try the wheel in a bare environment
	tasks/check_wheel.sh

clean: ## Remove environments, caches and builds
	rm -rf .venv .venv-test build dist .mypy_cache .pytest_cache .ruff_cache
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# Stamps: made anew only when the requirements change; the package itself is installed editable.
$(READ): pyproject.toml constraints.txt
	echo "Setting up .venv, once; this takes about a minute." >&2
	$(PYTHON) -m venv .venv
	.venv/bin/python $(PIP) -e .
	touch $@

$(TEST): pyproject.toml constraints.txt
	echo "Setting up .venv-test, once; this takes a few minutes." >&2
	$(PYTHON) -m venv .venv-test
	.venv-test/bin/python $(PIP) -e ".[server,pdf,train,wandb,sweep,dev]"
	touch $@
