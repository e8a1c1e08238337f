# One command each: `make local` runs the whole thing on this machine, `make test` proves it.
# The oldest Python that runs everything comes first, since it is what the project promises.
PYTHON ?= $(firstword $(shell command -v python3.11 python3.12 python3.13 python3.14 python3))
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV_VERSION := 0.13.8
# One more than there are processors: a worker waits a third of its time, for queues and retries.
WORKERS ?= $(shell expr $$($(PYTHON) -c 'import os; print(os.cpu_count())') + 1)

.DEFAULT_GOAL := help

.PHONY: help
help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

# uv is quicker by an order of magnitude; plain pip reads the same hashed lock where uv cannot be had.
$(READY): requirements-dev.txt
	@echo "Making the Python environment in $(VENV) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) \
		&& $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: install
install: $(READY)  ## make the Python environment

.PHONY: local
local: $(READY)  ## run everything on this machine (ARGS=--once: check one webhook and stop)
	@$(BIN)/python -m local $(ARGS)

.PHONY: preview
preview: $(READY)  ## preview the program with the Pulumi CLI against the emulator (ARGS=--diff)
	@$(BIN)/python -m local.preview $(ARGS)

.PHONY: test
test: $(READY) tests/node/node_modules/.ready  ## run every test (ARGS="-k name" narrows)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

# The npm checks are a second opinion: where Node is missing, the tests that want them say so and skip.
tests/node/node_modules/.ready: tests/node/package-lock.json
	@if command -v npm >/dev/null; then cd tests/node && npm ci --silent --no-audit --no-fund && touch node_modules/.ready; \
	else echo "npm is not on this machine: the checks written in JavaScript will be skipped"; fi

.PHONY: faults
faults: $(READY)  ## a thousand orders for each type of workflow, under every fault (ARGS="--seed 7")
	@$(BIN)/python -m tests.faults $(ARGS)

.PHONY: bench
bench: $(READY)  ## print what a burst of orders does to the time of the 202
	@$(BIN)/python -m tests.faults.burst_bench

.PHONY: schedule
schedule: $(READY)  ## print the delivery policy's attempts (ARGS="--stack prod")
	@$(BIN)/python -m tools.delivery_schedule $(ARGS)

.PHONY: docs
docs: $(READY)  ## draw the generated parts of docs/ anew
	@$(BIN)/python -m tools.docs_generator

.PHONY: policies
policies: $(READY)  ## write the deployer's and the operator's policies in docs/ anew
	@$(BIN)/python -m tools.iam_documents.deployer --write
	@$(BIN)/python -m tools.iam_documents.operator --write

.PHONY: audit
audit: $(READY)  ## look for known vulnerabilities in what is locked (ARGS=--strict)
	@$(BIN)/python -m audit $(ARGS)

.PHONY: openapi
openapi: $(READY)  ## write docs/openapi.json anew from the models
	@$(BIN)/python -m tools.openapi

.PHONY: fuzz
fuzz: $(READY)  ## try the HTTP interface at length (EXAMPLES=1000: how many requests an operation)
	@INTERFACE_FUZZ_EXAMPLES=$(or $(EXAMPLES),300) $(BIN)/python -m pytest tests/local/test_interface.py $(ARGS)

.PHONY: lint
lint: $(READY)  ## ruff, mypy, and what is checked before a commit
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@if git rev-parse --git-dir >/dev/null 2>&1; then $(BIN)/pre-commit run --all-files; fi

.PHONY: hooks
hooks: $(READY)  ## have git check each commit and each push
	@$(BIN)/pre-commit install

.PHONY: format
format: $(READY)  ## let ruff put the code in order
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

.PHONY: lock
lock: $(READY)  ## write the requirements.txt files anew from the .in files
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) functions/requirements.in -c requirements.txt -o functions/requirements.txt
	@$(LOCK) requirements-dev.in -c requirements.txt -c functions/requirements.txt -o requirements-dev.txt

.PHONY: clean
clean:  ## remove everything that make made
	@rm -rf $(VENV) .cache .local tests/node/node_modules .hypothesis .pytest_cache .mypy_cache .ruff_cache
