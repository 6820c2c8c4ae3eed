# `make demo` and `make test` set up all they need in .venv; nothing is installed outside of it (but see `browser`).
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] < (3,14))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
KG := $(BIN)/kg
STORE := exports/demo.db
READY := $(VENV)/.ready

.PHONY: help demo test lint types check lock docs wheel browser clean benchmark eval

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "kg needs Python 3.11, 3.12 or 3.13; install one, or name it: make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## Read seeds/, write exports/, print three answers
	@rm -rf $(STORE)
	$(KG) build seeds/dispatches --store $(STORE)
	$(KG) render --store $(STORE) --title "Missiles from the Caspian Sea, October 2015" --out exports/graph.html
	$(KG) export --store $(STORE) --format turtle --out exports/graph.ttl
	$(KG) export --store $(STORE) --format trig --out exports/graph.trig
	@echo; echo "== Who claims what about the missiles, how surely, and who contradicts it?"
	@$(KG) query --store $(STORE) --name missile-claims
	@echo; echo "== Who holds which office?"
	@$(KG) query --store $(STORE) --name people-positions
	@echo; echo "== Through whom does a claim come?"
	@$(KG) query --store $(STORE) --name chains
	@echo; echo "Open exports/graph.html in a browser; exports/graph.ttl and exports/graph.trig are for other tools."

test: $(READY) browser ## Run the whole test suite
	$(BIN)/python -m pytest -n auto

lint: $(READY) ## Check style and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(READY) ## Check types
	$(BIN)/mypy

check: lint types test ## All of these

browser: # Chromium for the tests of the picture; where it cannot be had they are skipped, and say so
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && apt-get update -qq && apt-get install -y -qq chromium chromium-driver >/dev/null 2>&1; } || true

lock: ## Write requirements.lock anew from pyproject.toml
	$(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip compile pyproject.toml --group dev --extra rdflib --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --output-file requirements.lock

docs: $(READY) # docs/cli.md and docs/queries.md, from the help texts and the saved queries
	$(BIN)/python docs/_generate.py

wheel: $(READY) ## Build dist/*.whl
	$(BIN)/python -m build --wheel --no-isolation

benchmark: $(READY) ## Measure speed against named yardsticks
	PYTHONPATH=. $(BIN)/python tests/benchmarks/speed.py
	PYTHONPATH=. $(BIN)/python tests/benchmarks/pictures.py

BENCHMARKS := ../shared/benchmarks

eval: $(READY) ## Measure mentions, relations, claims against gold (../shared/benchmarks, else tests/data/eval)
	@if [ -d $(BENCHMARKS) ]; then \
	  $(KG) eval $(BENCHMARKS)/re3d/docs.jsonl $(BENCHMARKS)/re3d/gold.jsonl --names --trim --map tests/benchmarks/re3d-relations.json && \
	  $(KG) eval $(BENCHMARKS)/crossner-politics/docs.jsonl $(BENCHMARKS)/crossner-politics/gold.jsonl --names --trim; \
	else $(KG) eval tests/data/eval/docs.jsonl tests/data/eval/gold.jsonl; fi

clean: ## Remove what was made
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis exports/demo.db
