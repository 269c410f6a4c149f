# Everything a person does here, on a machine with Python 3.11 or newer and nothing else.
# `make` alone lists it. ARGS goes to the program behind a target: make test ARGS="tests/core -x"

PYTHON ?= python3
ARGS ?=

UV_VERSION := 0.13.8
BIN := .venv/bin
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check bench pins screenshots chaos clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(INSTALLED) ## start the whole application with its own database and broker (PORT moves it)
	@exec $(BIN)/python -m jada.run --with-parent

test: $(INSTALLED) ## run the whole test suite, half of it on each of two cores
	@CHROMIUM="$$(scripts/chromium.sh)" $(BIN)/python -m pytest --numprocesses 2 --dist load $(ARGS)

# What a production environment sets; none of it is a secret and nothing answers at these addresses.
PRODUCTION := DEBUG=false BASE_URL=https://app.example.com ALLOWED_HOSTS=app.example.com \
	SECRET_KEY=check-only-3f9c1e7a5b8d2460c9e1f7a3b5d80246e9c1a7b2d4f6 \
	LINK_KEYS=check-only-7b1d93f5a8c6e4027d91b3f5a8c6e402b1d9 \
	FIELD_KEYS=check-only-c5e7092b4d6f81a3c5e7092b4d6f81a3e709 \
	DATABASE_URL=postgres://jada:none@db.example.com/jada REDIS_URL=redis://broker.example.com:6379/0 \
	GUEST_PAGES_BUCKET=pages-example GUEST_PAGES_URL=https://pages.example.com MEDIA_BUCKET=media-example \
	AWS_DEFAULT_REGION=us-west-2

check: $(INSTALLED) ## formatting, lint, types, migrations in step, deployment checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run
	@echo "manage.py check --deploy"
	@env $(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: $(INSTALLED) ## the benchmarks of docs/benchmarks.md, each against its peer
	@$(BIN)/python -m bench $(ARGS)

pins: $(INSTALLED) ## resolve requirements*.in anew into exact, hashed requirements*.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		--upgrade requirements.in -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		--upgrade requirements-dev.in -o requirements-dev.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		--upgrade bench/awscli.in -o bench/awscli.txt

screenshots: $(INSTALLED) ## pictures of every page, for a phone and for a desk
	@CHROMIUM="$$(scripts/chromium.sh)" $(BIN)/python -m scripts.screenshots $(ARGS)

chaos: $(INSTALLED) ## kill everything at random moments, and see that nothing survives and nothing is lost
	@$(BIN)/python -m scripts.chaos $(ARGS)

clean: ## remove what can be made again; var/ with its data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis staticfiles
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

# An environment whose Python has gone, or that was made elsewhere and moved here, is made anew.
SOUND = $(BIN)/python -c pass 2>/dev/null && grep -q '^command = .* $(CURDIR)/.venv$$' .venv/pyvenv.cfg
ifneq ($(shell $(SOUND) && echo yes),yes)
.PHONY: $(INSTALLED)
endif

$(INSTALLED): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "JADA needs Python 3.11 or newer as $(PYTHON); name another with PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "$(PYTHON) lacks venv: install it (on Debian: apt-get install python3-venv)" >&2; exit 1; }
	@$(SOUND) || { echo "Making .venv"; $(PYTHON) -m venv --clear .venv; }
	@echo "Installing the requirements"
	@$(BIN)/uv --version 2>/dev/null | grep -q '^uv $(UV_VERSION)' || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.txt requirements-dev.txt
	@touch $@
