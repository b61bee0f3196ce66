# Needs Python 3.11 or newer, make and, the first time, a package index that pip can reach.
# Everything else is installed into .venv, which is set up again when pyproject.toml changes; only
# `make test`, as root on a system with apt-get, also installs the programs that some tests run.

PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-for-development
# The demonstration has an environment of its own, of a tenth of the size.
DEMO_VENV := .venv-demo
DEMO_READY := $(DEMO_VENV)/.ready-for-demo
PROGRAMS := $(VENV)/.programs-for-tests

# The first interpreter that is new enough; `make PYTHON=/path/to/python3.13 ...` chooses another.
PYTHON ?= $(shell for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$candidate && break; done)

# The report of coverage is part of pytest's output, so that pytest's own summary stays last.
ifeq ($(CI),true)
COVERAGE := --cov --cov-branch --cov-append
REPORT := --cov-report=term-missing:skip-covered --cov-fail-under=100
endif

# One process for each core; the tests of a file share their servers and browser, and so a process.
PARALLEL := -n auto --dist loadfile --no-loadscope-reorder

# What drives Chromium from Python runs apart: Playwright switches greenlets, and a tracer that asks
# at each call which one runs makes Python take twice as long. Its longest files are in the first
# folder, so that no process is left with one at the end.
CHROMIUM := tests/browser tests/a11y tests/examples/test_portal_browser.py tests/cli/test_records_export.py

# What a change to the gate breaks first: the contract without a framework, and the unit tests.
QUICK := tests/unit tests/contract/test_core.py tests/contract/test_asgi.py tests/contract/test_wsgi.py

.DEFAULT_GOAL := help
.PHONY: help quick demo demo-check test check docs format texts tutorials screenshots bench bench-caches bench-records upstream clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

quick: $(READY)  ## Run the unit tests and the contract on core, ASGI and WSGI (under 30 seconds)
	@$(BIN)/python -m pytest -q $(PARALLEL) $(QUICK)

demo: $(DEMO_READY)  ## Serve the Django portal on PORT (8000), the shops on PORT+1 and PORT+2
	@$(DEMO_VENV)/bin/python examples/demo.py $(PORT)

demo-check: $(DEMO_READY)  ## Visit the portal and both shops and print what left, what was held back and why
	@$(DEMO_VENV)/bin/python examples/demo_check.py

test: $(READY) $(PROGRAMS)  ## Run the tests (with CI=true also branch coverage, which must be 100 %)
	@rm -f .coverage
	@FOLLOWED=greenlet $(BIN)/python -m pytest $(PARALLEL) $(COVERAGE) $(if $(COVERAGE),--cov-report=) $(CHROMIUM)
	@$(BIN)/python -m pytest $(PARALLEL) $(COVERAGE) $(REPORT) $(addprefix --ignore=,$(CHROMIUM))

check: $(READY)  ## Lint, check formatting, types and the direction of imports, build the documentation
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(MAKE) --no-print-directory docs

docs: $(READY)  ## Build the documentation's site into build/docs/ (warnings are errors)
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env -b dirhtml docs build/docs

format: $(READY)  ## Format the code and mend what the linter can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

texts: $(READY)  ## Bring the catalogues of the visitor's words up to date with the code
	@$(BIN)/python tools/texts.py

tutorials: $(READY)  ## Follow the documentation's tutorials word by word, each in a new environment
	@$(BIN)/python tools/tutorials.py

screenshots: $(READY)  ## Take pictures of the visitor's pages: sheets in screenshots/, and docs/images/
	@$(BIN)/python tools/screenshots.py

bench: $(READY)  ## Measure what the gate adds to a request, as ratios
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.floods

bench-caches: $(READY) $(PROGRAMS)  ## Measure how often nginx answers for a site that asks (some minutes)
	@$(BIN)/python -m benchmarks.cache_hits

bench-records: $(READY)  ## Measure what consent records cost, as ratios to the databases' drivers
	@$(BIN)/python -m benchmarks.records

upstream: $(READY)  ## Run other projects' own tests, with and without the gate around them
	@$(BIN)/python -m upstream

clean:  ## Remove .venv and every cache
	rm -rf $(VENV) $(DEMO_VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage

$(READY): EXTRA := dev
$(DEMO_READY): EXTRA := demo
$(READY) $(DEMO_READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "consentgate needs Python 3.11 or newer on the PATH" >&2; exit 1; }
	@echo "Setting up $(@D) (once; again only when pyproject.toml changes) ..."
	@rm -rf $(@D)
	@$(PYTHON) -m venv $(@D) \
		|| { echo "on Debian and Ubuntu, install python3-venv first" >&2; exit 1; }
	@$(@D)/bin/python -m pip install -qq --disable-pip-version-check --editable '.[$(EXTRA)]'
	@touch $@

# Tests of what can't be installed skip themselves, so that this never ends the run.
$(PROGRAMS): tools/install_system_packages.sh | $(READY)
	@tools/install_system_packages.sh && touch $@ || true
