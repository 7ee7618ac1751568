# Every target sets up what it needs; `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check fix bench peers try lock servers clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) ## create .venv with the locked dependencies

$(STAMP): deploy/requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "mailports needs Python 3.11 or newer (PYTHON=python3.12 make ...)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## the bot in a Slack on this machine, in the browser
	$(BIN)/mailports demo

run: setup ## the bot against the Slack that the environment names
	$(BIN)/mailports serve

check: setup ## the quick loop: format, lint, types, imports, content, unit tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/mailports knowledge check
	$(BIN)/pytest -q tests/unit tests/content tests/utterances

servers: ## install what the tests need beside Python, where this is allowed
	@sh tests/support/install_servers.sh

test: check servers ## everything
	$(BIN)/pytest -q --ignore=tests/unit --ignore=tests/content --ignore=tests/utterances tests

fix: setup ## format and mend what can be mended by machine
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## speed and memory, as ratios to a peer or a floor
	$(BIN)/mailports bench

try: setup ## explain how a question is read: make try ASK="IMAPのポートは？"
	@$(BIN)/mailports ask --explain "$(ASK)"

peers: setup ## measure our reading beside six peers (installs them into .venv-peers) and draw build/*.svg
	test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/requirements-bench.txt
	$(BIN)/mailports bench match growth --peers .venv-peers/bin/python --save build/measured.json
	.venv-peers/bin/python -m bot.bench.pictures build/measured.json build

lock: setup ## renew the locked dependencies
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal -p 3.11 --generate-hashes --no-header pyproject.toml -o deploy/requirements.txt
	$(BIN)/uv pip compile --quiet --universal -p 3.11 --generate-hashes --no-header --group dev pyproject.toml -o deploy/requirements-dev.txt
	$(BIN)/uv pip compile --quiet --universal -p 3.11 --generate-hashes --no-header --group bench -o deploy/requirements-bench.txt

clean: ## remove what was built
	rm -rf $(VENV) .venv-peers build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
