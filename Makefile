# `make local` runs everything on this machine, `make test` runs the tests.
VENV := .venv
BIN := $(VENV)/bin
# What `make local` runs, and what the tests and the developer tools need on top.
LOCAL := $(VENV)/.local-ready
READY := $(VENV)/.ready
# The tools' caches are in this folder too, not in HOME.
export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
export npm_config_cache ?= $(CURDIR)/.cache/npm
export PRE_COMMIT_HOME ?= $(CURDIR)/.cache/pre-commit
# Some containers set it. Each of the many processes of a test run would then compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE
# One worker more than processors: a worker waits for queues and retries during a third of its time.
WORKERS ?= $(shell expr $$($(BIN)/python -c 'import os; print(os.cpu_count())') + 1)

.DEFAULT_GOAL := help

.PHONY: help
help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

# A Python that has been removed since leaves a dangling link.
ifeq ($(shell test -x $(BIN)/python && echo works),)
$(LOCAL) $(READY): FORCE
endif
.PHONY: FORCE
FORCE:

$(LOCAL): requirements-local.txt
	@PYTHON="$(PYTHON)" tools/environment/install.sh $< $@

$(READY): requirements-dev.txt requirements-local.txt
	@PYTHON="$(PYTHON)" tools/environment/install.sh $< $@

.PHONY: install
install: $(LOCAL)  ## create the Python environment of the program, the laptop and the operator's commands

.PHONY: local
local: $(LOCAL)  ## run everything on this machine (ARGS=--once: check one webhook and stop)
	@$(BIN)/python -m local $(ARGS)

.PHONY: preview
preview: $(LOCAL)  ## preview the program with the Pulumi CLI against the emulator (ARGS=--diff)
	@$(BIN)/python -m local.preview $(ARGS)

# A file's tests run in one process, for its fixtures' sake, and the files in the order of tests/conftest.py.
# -rfEs: the summary names what failed, and why a test was skipped.
PARALLEL = -n $(WORKERS) --dist loadfile --no-loadscope-reorder -rfEs

.PHONY: test
test: $(READY) tests/node/node_modules/.ready  ## run the tests but the broad and the slow ones (ARGS="-k name" narrows)
	@$(BIN)/python -m pytest $(PARALLEL) -m "not broad and not slow" $(ARGS)

.PHONY: test-broad
test-broad: $(READY)  ## run the broad tests: more of the whole chain on the emulator, for CI
	@$(BIN)/python -m pytest $(PARALLEL) -m "broad and not slow" $(ARGS)

# The profile has 10,000 examples for each property instead of 200: tests/conftest.py.
.PHONY: test-slow
test-slow: $(READY) tests/node/node_modules/.ready clients engine  ## run what make test leaves out, and all properties with more examples
	@$(BIN)/python -m pytest $(PARALLEL) -m "broad or slow or hypothesis" --hypothesis-profile thorough $(ARGS)

.PHONY: test-all
test-all: $(READY) tests/node/node_modules/.ready clients engine  ## run every test, as test and test-slow do
	@$(BIN)/python -m pytest $(PARALLEL) --hypothesis-profile thorough $(ARGS)

.PHONY: test-engine
test-engine: $(READY) engine  ## deploy, change and destroy the program with Pulumi's engine, on the emulator
	@$(BIN)/python -m pytest -rfEs tests/engine $(ARGS)

.PHONY: test-console
test-console: $(READY)  ## use the web console in a browser, where Chromium is installed
	@$(BIN)/python -m pytest -rfEs tests/local/console $(ARGS)

.PHONY: test-clients
test-clients: $(READY) clients  ## try the client kits in frameworks, generated clients and the examples' receivers
	@$(BIN)/python -m pytest -rfEs tests/clients $(ARGS)

.PHONY: engine
engine:  ## build the Pulumi CLI for the tests, where Go is installed and the CLI is not
	@tools/engine/build.sh

# Building layers installs packages, linting a variation takes seconds, and light imports are seen in a process for
# each function; the rest of infra records the program.
FAST_TESTS := tests/functions tests/infra tests/workflow_definitions --ignore tests/infra/packaging \
	--ignore tests/infra/test_variations.py --ignore tests/functions/runtime/test_light_imports.py

.PHONY: test-fast
test-fast: $(READY)  ## run the unit tests, the functions and the recorded program, in less than a minute
	@$(BIN)/python -m pytest $(PARALLEL) -n auto -m "not e2e and not broad and not slow and not variation" \
		--hypothesis-profile quick $(FAST_TESTS) $(ARGS)

# Where Node is missing, the tests that need these packages are skipped.
tests/node/node_modules/.ready: tests/node/package-lock.json
	@if command -v npm >/dev/null; then cd tests/node && npm ci --silent --no-audit --no-fund && touch node_modules/.ready; \
	else echo "npm is not installed: the checks written in JavaScript will be skipped"; fi

# What clients of the service install, apart from this project's environment: the frameworks of examples/receivers/,
# and generators of clients.
CLIENTS := tests/clients
CLIENT_REQUIREMENTS := examples/receivers/requirements.txt $(CLIENTS)/requirements.txt

.PHONY: clients
clients: $(CLIENTS)/.venv/.ready $(CLIENTS)/node_modules/.ready  ## install what the tests of client kits and examples need

$(CLIENTS)/.venv/.ready: $(CLIENT_REQUIREMENTS) | $(READY)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(CLIENTS)/.venv
	@$(BIN)/uv pip install --quiet --python $(CLIENTS)/.venv/bin/python --require-hashes \
		$(CLIENT_REQUIREMENTS:%=--requirement %)
	@touch $@

$(CLIENTS)/node_modules/.ready: examples/receivers/package-lock.json $(CLIENTS)/package-lock.json
	@if command -v npm >/dev/null; then (cd examples/receivers && npm ci --silent --no-audit --no-fund) \
		&& cd $(CLIENTS) && npm ci --silent --no-audit --no-fund && touch node_modules/.ready; \
	else echo "npm is not installed: the tests of the kit for Node will be skipped"; fi

.PHONY: kits
kits: $(READY)  ## build the packages for clients into dist/
	@$(BIN)/uv build --quiet --wheel --out-dir dist receiver
	@if command -v npm >/dev/null; then npm pack --silent --pack-destination $(CURDIR)/dist ./receiver/node; fi

.PHONY: faults
faults: $(READY)  ## every event accounted for, under every fault and every behaviour of SNS (ARGS="--seed 7")
	@$(BIN)/python -m tests.faults $(ARGS)

.PHONY: bench
bench: $(READY)  ## measure cold starts, memory sizes and the laptop's chain (ARGS=--keep: for the docs)
	@$(BIN)/python -m tools.bench $(ARGS)
	@$(BIN)/python -m tests.faults.burst_bench

.PHONY: bill
bill: $(READY)  ## print what a million orders cost, by service (ARGS=--json)
	@$(BIN)/python -m tools.bill $(ARGS)

.PHONY: schedule
schedule: $(LOCAL)  ## print the delivery policy's attempts (ARGS="--stack prod")
	@$(BIN)/python -m tools.delivery_schedule $(ARGS)

.PHONY: docs
docs: $(READY)  ## regenerate the generated parts of docs/
	@$(BIN)/python -m tools.docs_generator

.PHONY: screenshots
screenshots: $(READY)  ## renew the pictures of the web console in docs/ (needs Chromium)
	@$(BIN)/python -m tools.screenshots

.PHONY: policies
policies: $(READY)  ## regenerate the deployer's and the operator's policies in docs/
	@$(BIN)/python -m tools.iam_documents.deployer --write
	@$(BIN)/python -m tools.iam_documents.operator --write

# OSV is asked and not PyPI: a PyPI mirror without advisories would make pip-audit skip every package.
PIP_AUDIT := --vulnerability-service osv --strict --disable-pip --require-hashes --progress-spinner off
REQUIREMENTS := functions/requirements.txt requirements.txt requirements-local.txt requirements-dev.txt \
	$(CLIENT_REQUIREMENTS)

.PHONY: audit
audit: $(READY)  ## look up known vulnerabilities of the locked packages
	@status=0; \
	$(BIN)/pip-audit $(PIP_AUDIT) $(REQUIREMENTS:%=--requirement %) || status=1; \
	for folder in tests/node $(CLIENTS) examples/receivers; do \
		(cd $$folder && npm audit --package-lock-only) || status=1; \
	done; \
	test $$status = 0 || echo "The audit found a vulnerability, or could not reach a database: see above." >&2; \
	exit $$status

.PHONY: openapi
openapi: $(READY)  ## regenerate docs/openapi.json from the models
	@$(BIN)/python -m tools.openapi

.PHONY: fuzz
fuzz: $(READY)  ## fuzz the HTTP interface (EXAMPLES=1000: requests for each operation)
	@INTERFACE_FUZZ_EXAMPLES=$(or $(EXAMPLES),300) $(BIN)/python -m pytest tests/local/test_interface.py $(ARGS)

.PHONY: lint
lint: $(READY)  ## run ruff, mypy, the import contracts and the checks that run before a commit
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache
	@if git rev-parse --git-dir >/dev/null 2>&1; then $(BIN)/pre-commit run --all-files; fi

.PHONY: hooks
hooks: $(READY)  ## install the git hooks that check each commit and each push
	@$(BIN)/pre-commit install

.PHONY: format
format: $(READY)  ## format the code with ruff
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: rename
rename: $(READY)  ## replace orders by another noun: docs/adopting.md (NOUN=booking, or NOUN="delivery deliveries")
	@$(BIN)/python -m tools.rename_domain $(NOUN)
	@$(MAKE) --no-print-directory docs openapi policies

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

.PHONY: lock
lock: $(READY)  ## regenerate the requirements.txt files from the .in files
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) functions/requirements.in -c requirements.txt -o functions/requirements.txt
	@$(LOCK) requirements-local.in -c requirements.txt -c functions/requirements.txt -o requirements-local.txt
	@$(LOCK) requirements-dev.in -c requirements.txt -c functions/requirements.txt -c requirements-local.txt \
		-o requirements-dev.txt
	@$(LOCK) examples/receivers/requirements.in -c requirements-dev.txt -o examples/receivers/requirements.txt
	@$(LOCK) $(CLIENTS)/requirements.in -c requirements-dev.txt -c examples/receivers/requirements.txt \
		-o $(CLIENTS)/requirements.txt

.PHONY: clean
clean:  ## remove everything that make created
	@rm -rf $(VENV) .cache .local dist tests/node/node_modules $(CLIENTS)/.venv $(CLIENTS)/node_modules \
		examples/receivers/node_modules .hypothesis .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
