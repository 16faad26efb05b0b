# The project's only build file: every target does the set-up it needs, on a machine with
# Python 3.11-3.13 and make; no root, container or server.

# The first Python that runs, fits and can make a virtual environment: a name on PATH alone proves
# nothing, version managers leave shims there for versions that are not installed.
FITS := import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for name in python3.12 python3.11 python3.13 python3 python; do \
            $$name -c '$(FITS)' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
SETUP := .venv/.ready

.PHONY: run test quick exhaustive browser lint bench lock catalog clean

run: $(SETUP)
	$(BIN)/budaya demo --home demo-home

test: $(SETUP)
	$(BIN)/python -m pytest

# While working: all but the stories of whole nights, in a few minutes.
quick: $(SETUP)
	$(BIN)/python -m pytest -m "not slow and not exhaustive"

# All of which `make test` tries a part: the whole square of mutations, every example of a property.
exhaustive: $(SETUP)
	$(BIN)/python -m pytest -m "exhaustive or hypothesis" --hypothesis-profile=exhaustive

# The pages as Chromium shows and prints them; on Debian: apt-get install chromium.
browser: $(SETUP)
	$(BIN)/python -m pytest tests/quality/browser

lint: $(SETUP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint dbt_project/models dbt_project/tests

bench: $(SETUP)
	$(BIN)/python -m bench.load_attlog
	$(BIN)/python -m bench.load_many
	$(BIN)/python -m bench.check
	$(BIN)/python -m bench.report
	$(BIN)/python -m bench.prompt
	$(BIN)/python -m bench.night city

# Re-resolves the versions; commit the result.
lock: $(SETUP)
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal \
	    --python-version 3.11 --generate-hashes --no-annotate --extra dev pyproject.toml -o requirements.lock

# Writes dbt's YAML from the catalog; commit the result.
catalog: $(SETUP)
	$(BIN)/python -m warehouse.catalog.dbt_yaml

clean:
	rm -rf .venv dbt_project/target

$(SETUP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "budaya needs Python 3.11, 3.12 or 3.13 (none found on PATH)." \
	    "Install one, or say: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up .venv with $(PYTHON) ..."
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip --quiet --disable-pip-version-check install \
	    "$$(sed -n 's/^\(uv==[^ ]*\).*/\1/p' requirements.lock)"
	$(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m orchestration.dbt
	touch $@
