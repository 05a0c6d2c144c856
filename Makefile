# Everything runs from .venv; `make setup` makes it, and installs what Debian lacks.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Where nothing may be written beside the sources, each start of a program compiles them anew.
unexport PYTHONDONTWRITEBYTECODE

WORKERS ?= 2
PYTHON_PACKAGES := edge_agent fleet_server telemetry simulators
# Folders of the checks that are here; a package joins by existing.
CHECKED = courtfleet.py $(wildcard $(PYTHON_PACKAGES) playbooks tests bench tools)
LOCK := uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links --strip-extras

CHECKS := check-types check-playbooks check-console check-style check-imports

.DEFAULT_GOAL := help
.PHONY: $(CHECKS) help setup demo check format test test-root bench soak lock basemap clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-10s %s\n", $$1, $$2 }'

setup: ## install what is missing (Debian packages, .venv, web console); silent when nothing is
	@tools/setup

demo: export COURTFLEET_BEGAN := $(shell date +%s)# the demo says how long all of it took
demo: setup ## a server and 115 simulated assets, in the browser
	@courtfleet demo

check: setup ## lint, format, types, import rules, of the console too
	@$(MAKE) --jobs --keep-going --output-sync=target --no-print-directory $(CHECKS)

# Beside each other, each with its output in one piece: what takes longest comes first.
check-types:
	mypy $(CHECKED)

check-playbooks:
	cd playbooks && ansible-lint -q

check-console:
	npm --prefix fleet_server/console run --silent check

check-style:
	ruff check .
	ruff format --check .

check-imports:
	lint-imports --no-logo

format: setup ## put the code into its form
	ruff check --fix-only --quiet .
	ruff format .
	npm --prefix fleet_server/console run --silent format

test: ## all tests but the long ones, those that need root too
	@tools/setup test
	@WORKERS=$(WORKERS) tools/run-tests all

test-root: ## only the tests that need root
	@tools/setup test
	@tools/run-tests root

bench: ## what a report costs, beside mosquitto_sub; writes bench/latest.json
	@tools/setup test
	@python -m bench

soak: ## the long forms of the tests
	@tools/setup test
	@tools/run-tests soak

lock: setup ## write requirements/*.txt anew from pyproject.toml, newest versions
	$(LOCK) --upgrade --extra dev pyproject.toml -o requirements/all.txt
	$(LOCK) --upgrade --extra edge -c requirements/all.txt pyproject.toml -o requirements/edge.txt
	$(LOCK) --upgrade --no-deps requirements/mocks.in -o requirements/mocks.txt
	$(LOCK) --upgrade requirements/basemap.in -o requirements/basemap.txt

basemap: setup ## make the console's bundled base map anew from public packages
	@tools/basemap/run

clean: ## remove .venv and everything generated
	rm -rf .venv .venv.log .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis dist
	rm -rf screenshots fleet_server/console/dist fleet_server/console/node_modules
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
