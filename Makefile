# Two commands: `make run` and `make test`. Everything else serves them.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
WORKERS ?= -n 2 --no-loadscope-reorder
TEST_REDIS_URL ?= redis://127.0.0.1:6379/15
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run test lint test-sqlite test-postgres test-long lock clean

run: .venv/run.ok
	@DEMO=$${DEMO-1} $(BIN)/python manage.py prepare --port $(PORT)
	@DEMO=$${DEMO-1} WEB_PORT=$(PORT) PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/honcho start --no-prefix

test: .venv/dev.ok
	@$(MAKE) --no-print-directory lint test-sqlite test-postgres

lint: .venv/dev.ok
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	git ls-files 'templates/*.html' | xargs $(BIN)/djade --check --target-version 5.2
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy --no-error-summary core branches activities dues meetings supervision config
	$(BIN)/deptry . --no-ansi
	$(BIN)/python manage.py makemigrations --check --dry-run

test-sqlite: .venv/dev.ok
	env -u DATABASE_URL -u REDIS_URL $(BIN)/python -m pytest $(WORKERS)

test-postgres: .venv/dev.ok
	@if $(BIN)/python -m tests.services "$(TEST_DATABASE_URL)" "$(TEST_REDIS_URL)"; then \
	  echo "The suite again, on PostgreSQL and Redis: all that asks the database of the tests"; \
	  DATABASE_URL="$(TEST_DATABASE_URL)" REDIS_URL="$(TEST_REDIS_URL)" $(BIN)/python -m pytest -m "not own_database" $(WORKERS); \
	else \
	  echo "*** NOT TESTED on PostgreSQL and Redis: they do not answer. Set TEST_DATABASE_URL and TEST_REDIS_URL. ***"; \
	  test -z "$$REFUSE_SKIPS"; \
	fi

# histories that no run has seen yet: of the ledger STEPS steps, of moves HISTORIES a beginning
STEPS ?= 25000
HISTORIES ?= 40

test-long: .venv/dev.ok
	env -u DATABASE_URL -u REDIS_URL STEPS=$(STEPS) HISTORIES=$(HISTORIES) $(BIN)/python -m pytest $(WORKERS) \
	  tests/dues/the_ledger_always_adds_up.py tests/dues/each_month_has_one_branch.py

# names, versions and hashes only: no address of a registry
lock:
	uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements/run.lock
	uv pip compile pyproject.toml --extra cas --extra oidc --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements/sso.lock
	uv pip compile pyproject.toml --extra dev --extra cas --extra oidc --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements/dev.lock

clean:
	rm -rf .venv var

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	@echo "Creating .venv"
	@$(PYTHON) -m venv .venv

.venv/run.ok: .venv/bin/python requirements/run.lock
	@echo "Installing what the site needs (once; about a minute)"
	@$(BIN)/pip install -q --require-hashes -r requirements/run.lock
	@touch $@

.venv/dev.ok: .venv/bin/python requirements/dev.lock
	@echo "Installing what the tests need (once; about a minute)"
	@$(BIN)/pip install -q --require-hashes -r requirements/dev.lock
	@touch .venv/run.ok $@
