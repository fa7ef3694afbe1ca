# From nothing but Python 3.11, make and git: `make demo` shows what synthgen does, `make test` proves that it works.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
UV := UV_FIND_LINKS="$$PIP_FIND_LINKS" VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(BIN)/uv
INSTALL := $(UV) pip install --quiet
CLIENTS := $(VENV)/clients
INSTALL_CLIENTS := UV_FIND_LINKS="$$PIP_FIND_LINKS" VIRTUAL_ENV="$(CURDIR)/$(CLIENTS)/python" $(BIN)/uv pip install \
	--quiet --require-hashes
LOCK := $(UV) pip compile --quiet --generate-hashes --no-emit-index-url --custom-compile-command "make lock"
UNIVERSAL := --universal --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help demo test harness-clients lint lock clean

help: ## these lines
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/'

demo: $(VENV)/.core ## install, then make a web shop and a database from its DDL
	@mkdir -p outputs/demo
	@echo '$$ synthgen run recipes/shop.yaml'
	@$(BIN)/synthgen run recipes/shop.yaml
	@echo '$$ synthgen init --from recipes/ddl/chinook.sql -o outputs/demo/chinook.yaml'
	@$(BIN)/synthgen init --from recipes/ddl/chinook.sql -o outputs/demo/chinook.yaml --force
	@echo '$$ synthgen run outputs/demo/chinook.yaml --out outputs/chinook'
	@$(BIN)/synthgen run outputs/demo/chinook.yaml --out outputs/chinook
	@echo 'Try these next:'
	@echo '  $(BIN)/synthgen preview recipes/shop.yaml customers'
	@echo '  $(BIN)/synthgen verify outputs/shop --regenerate 100'
	@echo '  $(BIN)/synthgen scan outputs/chinook'

test: $(VENV)/.test harness-clients ## install what the tests need, then run all of them
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile  # commands start faster

harness-clients: $(CLIENTS)/.python $(CLIENTS)/.promptfoo ## the eval harnesses that the tests run exports in

lint: $(VENV)/.test ## ruff, and mypy (strict, see pyproject.toml)
	@status=0; for tool in 'ruff check .' 'ruff format --check .' 'mypy synthgen'; do \
		$(BIN)/$$tool || status=1; done; exit $$status

lock: $(VENV)/.uv ## write the hash-locked requirements anew
	$(LOCK) $(UNIVERSAL) pyproject.toml --group build --output-file requirements/core.lock
	$(LOCK) $(UNIVERSAL) pyproject.toml --group build --group test --constraint requirements/core.lock \
		--output-file requirements/test.lock
	$(LOCK) $(UNIVERSAL) requirements/harness.in --output-file requirements/harness.lock
	$(LOCK) --python-version 3.11 --no-deps requirements/harness-bare.in --output-file requirements/harness-bare.lock
	$(LOCK) --python-version 3.12 --no-deps requirements/models.in --output-file requirements/models.lock

clean: ## remove the virtual environment and all caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "synthgen needs Python 3.11 or later: make PYTHON=...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet 'uv>=0.13,<0.14'
	@touch $@

$(VENV)/.core: $(VENV)/.uv requirements/core.lock requirements/models.lock pyproject.toml
	@echo 'Installing synthgen into $(VENV) (about a minute) ...'
	@$(INSTALL) --require-hashes -r requirements/core.lock
	@$(INSTALL) --require-hashes --no-deps --python-version 3.12 -r requirements/models.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.core requirements/test.lock
	@$(INSTALL) --require-hashes -r requirements/test.lock
	@touch $@

$(CLIENTS)/.python: $(VENV)/.uv requirements/harness.lock requirements/harness-bare.lock
	@echo 'Installing the eval harnesses into $(CLIENTS) (about a minute) ...'
	@test -x $(CLIENTS)/python/bin/python || $(BIN)/python -m venv --without-pip $(CLIENTS)/python
	@$(INSTALL_CLIENTS) -r requirements/harness.lock
	@$(INSTALL_CLIENTS) --no-deps -r requirements/harness-bare.lock
	@touch $@

$(CLIENTS)/.promptfoo: tests/export/harness/promptfoo/package-lock.json
	@mkdir -p $(CLIENTS)/promptfoo
	@cp tests/export/harness/promptfoo/*.json $(CLIENTS)/promptfoo
	@if [ "$$(uname -sm)" = 'Linux x86_64' ] && command -v npm >/dev/null; then \
		cd $(CLIENTS)/promptfoo && npm ci --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error; \
	else echo 'promptfoo needs npm, and is locked for Linux on x86_64: its tests are skipped'; fi
	@touch $@
