# `make run` and `make test` need Python 3.11 or later, make and git; everything else they install into .venv/.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# What installs: pip, from the pinned and hashed lists.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
# As many processes as there are cores; `make test WORKERS=0` for one.
WORKERS ?= auto
# Which tests, and how; `make test TESTS=tests/ads` for one room. Empty: all.
TESTS ?=
TEST := $(BIN)/python -m pytest -n $(WORKERS) $(TESTS)

.PHONY: run test check lint bench serve messages screenshots lock clean

run: $(VENV)/.installed var/secret.key ## The demo newsroom on http://127.0.0.1:8000
	@SECRET_KEY=$$(cat var/secret.key) STATIC_HASHED=0 ALLOWED_HOSTS=127.0.0.1,localhost \
		SITE_URL=http://127.0.0.1:$(PORT) \
		$(BIN)/python manage.py serve --demo --with-known-passwords --port $(PORT)

test: $(VENV)/.installed-dev ## The whole suite on SQLite, or on DATABASE_URL and REDIS_URL
	@$(TEST)

check: lint test ## Lint, format, types, migrations, then the tests

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet templates
	DEBUG=1 $(BIN)/mypy .
	DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run

bench: $(VENV)/.installed-dev ## Ratios measured in one run
	$(BIN)/python -m benchmarks

serve: $(VENV)/.installed var/secret.key ## Production mode, from the data that is there
	@SECRET_KEY=$${SECRET_KEY:-$$(cat var/secret.key)} SITE_URL=$${SITE_URL:-http://127.0.0.1:$(PORT)} \
		$(BIN)/python manage.py serve --port $(PORT)

messages: $(VENV)/.installed-dev ## Gather strings to translate (needs gettext)
	cd $(CURDIR) && DEBUG=1 $(BIN)/python manage.py makemessages -l ar --no-location --no-obsolete -i .venv -i var
	DEBUG=1 $(BIN)/python manage.py compilemessages -l ar -i .venv

screenshots: $(VENV)/.installed-dev ## Draw the pictures of docs/images anew (needs Chromium)
	$(BIN)/python -m docs.screenshots

lock: ## Pin what pyproject.toml asks for (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q \
		pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q --extra dev \
		-c requirements.txt pyproject.toml -o requirements-dev.txt

clean: ## Remove what was installed and measured; the data in var/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

var/secret.key:
	@mkdir -p var && umask 077 && $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))' > $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed.")'
	@echo "Making a virtual environment ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(BIN)/python
	@echo "Installing what the site runs on ..."
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt | $(BIN)/python
	@echo "Installing what the tests need ..."
	@$(INSTALL) -r requirements-dev.txt
	@touch $@ $(VENV)/.installed
