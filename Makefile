# Everything starts here: `make run` and `make test` need Python 3.11 or newer, git and make, and nothing else.
# The environment is .venv; what a step has done is remembered in .venv/.done-* and frontend/dist/.done.

SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
PY := .venv/bin/python
MAKEFLAGS += --jobs=2  # the front end is built while Python's libraries are installed
export PORT ?= 8000
# A laboratory may have a certificate authority of its own.
export UV_SYSTEM_CERTS ?= 1
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# What an operator sets, with values that reach nothing: "check --deploy" must find no fault with it.
LIKE_PRODUCTION = MULTIVOCAL_ENV=production PUBLIC_URL=https://multivocal.example ALLOWED_HOSTS=multivocal.example \
	SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))') \
	DATABASE_URL=postgresql://multivocal@database.example/multivocal CELERY_BROKER_URL=redis://redis.example/0

.PHONY: run test check bench environment frontend clean help

help:
	@echo "make run    starts everything; PORT=8000"
	@echo "make test   runs every test"
	@echo "make check  linters, types, layers, settings for production, front end"
	@echo "make bench  the benchmarks"
	@echo "make clean  removes what can be made again (never var/, where the data is)"

run: .venv/.done-run frontend/dist/.done
	@exec $(PY) -m multivocal.run

test: .venv/.done-dev frontend/dist/.done
	@$(PY) -m tests.browser
	@$(PY) -m tests $(ARGS)

check: .venv/.done-dev frontend/dist/.done
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy platform/multivocal annotation elicitation
	lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	@$(LIKE_PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	cd frontend && npm run --silent check
	cd frontend && npm test --silent

bench: .venv/.done-dev frontend/dist/.done
	@$(PY) -m tests.bench $(ARGS)

environment: .venv/.done-run
frontend: frontend/dist/.done

clean:
	rm -rf .venv frontend/node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# --- environment ---------------------------------------------------------------------------------------------
# uv installs the locked wheels in seconds and is a wheel itself. Where it cannot reach the registry (pip may be
# set up for a mirror that uv does not know of), pip does the same, slower.
INSTALL = .venv/bin/uv pip install --quiet --python $(PY) --require-hashes -r $(1) 2>/dev/null \
	|| { echo "uv could not reach the registry; pip takes longer."; .venv/bin/pip install -qq --require-hashes -r $(1); }

EDITABLE = .venv/bin/uv pip install --quiet --python $(PY) --offline --no-deps --no-build-isolation -e . \
	|| .venv/bin/pip install --quiet --no-index --no-deps --no-build-isolation -e .

.venv/.done-uv: requirements-uv.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name one: make PYTHON=/path/to/python3.11"; exit 2; }
	@test -x $(PY) || { echo "Making the environment in .venv"; $(PYTHON) -m venv .venv; } \
		|| { echo "Python came without venv or ensurepip (on Debian: apt install python3-venv)."; exit 2; }
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

.venv/.done-run: .venv/.done-uv requirements.lock pyproject.toml
	@echo "Installing what the server needs"
	@$(call INSTALL,requirements.lock)
	@$(EDITABLE)
	@touch $@

.venv/.done-dev: .venv/.done-uv requirements-dev.lock pyproject.toml
	@echo "Installing what the server and its tests need"
	@$(call INSTALL,requirements-dev.lock)
	@$(EDITABLE)
	@touch $@ .venv/.done-run

# --- front end -----------------------------------------------------------------------------------------------
FRONTEND_INPUTS := $(shell find frontend/src frontend/public -type f 2>/dev/null) \
	$(wildcard frontend/package.json frontend/vite.config.ts frontend/tsconfig.json frontend/.npmrc)

frontend/dist/.done: frontend/node_modules/.done $(FRONTEND_INPUTS)
	@echo "Building the front end"
	@cd frontend && npm run --silent build -- --logLevel warn
	@touch $@

frontend/node_modules/.done: frontend/package-lock.json | .venv/.done-uv
	@node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1 \
		|| { echo "No Node.js 20 or newer here; using the one from the registry"; $(call INSTALL,requirements-node.lock); }
	@echo "Installing what the front end is built with"
	@# npm 11 refuses a lock that lacks other systems' optional builds, as it does where a registry lags; the
	@# second form installs from the same lock, with the same hashes, without that check.
	@cd frontend && { npm ci --silent --no-audit --no-fund 2>/dev/null \
		|| npm install --no-save --loglevel error --no-audit --no-fund >/dev/null; }
	@touch $@
