# One door for people and CI. Needs Python 3.11, pip and make; everything else comes from the locks.
#   make demo [FRESH=1]         try the service on this machine
#   make test                   run all tests          make check   check the code itself
#   make bench                  measure                make lock    lock new versions
#   make proofs ARGS=kills      kill, cut and spoil    (docs/reliability.md)
#   make pictures               photograph the bot and its pages (docs/chat.md, docs/pages.md)
#   make texts                  find new texts         make migration M="what changes"

.PHONY: help demo test check bench proofs pictures lock texts migration
.DEFAULT_GOAL := help

PYTHON := $(shell command -v python3.11 || command -v python3 || echo python3)
BIN := .venv/bin
# Tests at a time, each with databases of its own: more than two cores have, as some wait for a
# disk or a relay.
JOBS := 4
# What is installed: .venv/run for the service, .venv/dev for the tests and checks besides.
RUN := .venv/run
DEV := .venv/dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

help:
	@sed -n 's/^#   //p' Makefile

# Ctrl-C reaches make, the shell and the service; with the trap the shell waits for the service,
# and neither it nor make reports an error.
demo: $(RUN)
	@trap : INT; $(BIN)/samband demo $(if $(FRESH),--fresh); code=$$?; [ $$code -eq 130 ] || exit $$code

test: $(DEV)
	@$(BIN)/pytest --numprocesses $(JOBS) $(ARGS)

check: $(DEV)
	@echo "ruff check";   $(BIN)/ruff check --quiet .
	@echo "ruff format";  $(BIN)/ruff format --quiet --check .
	@echo "mypy";         $(BIN)/mypy --no-error-summary
	@echo "lint-imports"; $(BIN)/lint-imports --no-logo > .venv/imports || { cat .venv/imports; exit 1; }
	@echo "migrations";   $(BIN)/pytest tests/migrations
	@echo "rules";        $(BIN)/pytest tests/rules
	@echo "All checks passed."

bench: $(DEV)
	@$(BIN)/python -m bench $(ARGS)

proofs: $(DEV)
	@$(BIN)/python -m proofs $(ARGS)

pictures: $(DEV)
	@$(BIN)/python -m pictures $(ARGS)

texts: $(DEV)
	@$(BIN)/python -m texts.extract

migration: $(DEV)
	@[ -n '$(M)' ] || { echo 'Say what changes: make migration M="add a table for rooms"'; exit 2; }
	@$(BIN)/python -m migrations draft '$(M)'
	@$(BIN)/ruff check --quiet --fix migrations/versions; $(BIN)/ruff format --quiet migrations/versions

UV_COMPILE = uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url \
	--no-emit-find-links --universal --python-version 3.11

lock:
	@command -v uv > /dev/null || { echo "make lock needs uv: python3 -m pip install uv"; exit 2; }
	$(UV_COMPILE) requirements.in --output-file requirements.lock
	$(UV_COMPILE) --allow-unsafe requirements-build.in --output-file requirements-build.lock
	$(UV_COMPILE) requirements-dev.in --output-file requirements-dev.lock

# pip takes no editable project beside hashes, hence two steps. hatchling, which builds the
# `samband` command, is in the lock too: nothing is fetched that is not locked.
$(RUN): requirements.lock pyproject.toml | .venv
	@if [ -e $(DEV) ]; then $(MAKE) --no-print-directory $(DEV); else \
	echo "Installing what Samband runs on (once; about half a minute) ..." && \
	$(PIP) install --require-hashes -r requirements.lock && \
	$(PIP) install --no-deps --no-build-isolation -e . ; fi
	@touch $@

# One of what the tests need comes as source only: what builds it is locked and installed first,
# for pip would fetch the newest by itself.
$(DEV): requirements-dev.lock requirements-build.lock requirements.lock pyproject.toml | .venv
	@echo "Installing what the tests need (once; about a minute) ..."
	@$(PIP) install --require-hashes -r requirements-build.lock
	@$(PIP) install --require-hashes --no-build-isolation -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(RUN)

.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2> /dev/null || { \
	echo "Samband needs Python 3.11; found: $$($(PYTHON) --version 2> /dev/null || echo none)."; exit 1; }
	@echo "Making .venv ..."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Debian: apt-get install python3-venv"; exit 1; }
