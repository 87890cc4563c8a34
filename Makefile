PYTHON ?= python3
# For Linux, PyPI's builds of PyTorch bring gigabytes of CUDA; where an index with
# CPU builds is configured (PIP_EXTRA_INDEX_URL), pip prefers its build of this one.
TORCH ?= torch==2.13.0

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install
BACKENDS := jax tensorflow torch

.PHONY: help reproduce test test-once conformance conformance-keras bench check format \
	docs clean $(foreach suite,test conformance tables slow,$(BACKENDS:%=$(suite)-%))

help:
	@echo "make reproduce   train the paper's models on JSB Chorales, a few minutes"
	@echo "make test        run the tests on JAX, TensorFlow and PyTorch"
	@echo "make conformance run all checks of all layers, and the slow tests, an hour and a half"
	@echo "make bench       time the layers beside those of Keras and torch.nn, an hour"
	@echo "make check       lint, types and a strict build of the documentation"
	@echo "make docs        build the documentation into site/"
	@echo "make clean       remove what these commands made, results/ excepted"

reproduce: $(VENV)/.reproduce
	$(BIN)/python reproduce/run.py --backend jax

SUITES := $(BACKENDS:%=test-%) test-once

# Two suites at a time, a thread each: they get less in each other's way than threads do.
# All of them run, whichever fails.
test: $(VENV)/.dev
	@rm -f $(SUITES:%=$(VENV)/%.passed)
	@OMP_NUM_THREADS=1 $(MAKE) --jobs 2 --keep-going $(SUITES); status=$$?; \
	for suite in $(SUITES); do \
		if [ -e $(VENV)/$$suite.passed ]; then echo "$$suite passed"; \
		else echo "$$suite FAILED"; fi; \
	done; exit $$status

# Most of their time is XLA's, compiling programs that run once: let it not optimise
# them. The exhaustive checks run what users do.
$(SUITES): export XLA_FLAGS ?= --xla_backend_optimization_level=0
$(BACKENDS:%=test-%): test-%: $(VENV)/.dev
	KERAS_BACKEND=$* $(BIN)/python -m pytest -m "not once"
	@touch $(VENV)/$@.passed

# What is the same on every backend.
test-once: $(VENV)/.dev
	KERAS_BACKEND=torch $(BIN)/python -m pytest -m once
	@touch $(VENV)/$@.passed

conformance: $(VENV)/.dev
	$(MAKE) --keep-going $(BACKENDS:%=conformance-%)
	$(BIN)/python tests/conformance/matrix.py

$(BACKENDS:%=conformance-%): conformance-%: tables-% slow-%

TABLES := tests/conformance tests/fuzz tests/properties

EXHAUSTIVE := $(BACKENDS:%=tables-%) $(BACKENDS:%=slow-%)

$(EXHAUSTIVE): export KERAS_GATED_CONFORMANCE := results/conformance
$(EXHAUSTIVE): export KERAS_GATED_EXHAUSTIVE := 1
$(BACKENDS:%=tables-%): tables-%: $(VENV)/.dev
	KERAS_BACKEND=$* $(BIN)/python -m pytest --quiet $(TABLES)

$(BACKENDS:%=slow-%): slow-%: $(VENV)/.dev
	KERAS_BACKEND=$* $(BIN)/python -m pytest --quiet -m exhaustive $(TABLES:%=--ignore=%)

# The quick checks on another version: make conformance-keras KERAS=3.15.1
KERAS ?= 3.15.1
OTHER := $(VENV)/keras-$(KERAS)

conformance-keras: $(VENV)/.dev
	$(PIP) --no-deps --upgrade --target $(OTHER) keras==$(KERAS)
	status=0; for backend in $(BACKENDS); do \
		PYTHONPATH=$(OTHER) KERAS_BACKEND=$$backend \
			$(BIN)/python -m pytest --quiet tests/conformance || status=1; \
	done; exit $$status

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/layers.py --memory --growth

check: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mkdocs build --strict --quiet

format: $(VENV)/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/.dev
	$(BIN)/mkdocs build --strict

clean:
	rm -rf $(VENV) build site .pytest_cache .mypy_cache .ruff_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(SUITES) $(EXHAUSTIVE) bench: $(VENV)/.native

# The C++ loops, where one of their sources changed after they were installed.
NATIVE := keras_gated/recurrence/native

$(VENV)/.native: $(VENV)/.dev hatch_build.py $(wildcard $(NATIVE)/src/*) \
		$(NATIVE)/build_table.py $(NATIVE)/layout.py
	$(BIN)/python hatch_build.py
	touch $@

$(VENV)/.reproduce: pyproject.toml | $(BIN)/python
	@echo "Installing keras_gated with JAX into $(VENV), about a minute:"
	$(PIP) --editable ".[jax,reproduce,generate]"
	touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo "Installing keras_gated with three backends into $(VENV), some minutes:"
	$(PIP) "$(TORCH)"
	$(PIP) --editable ".[jax,torch,speech,reproduce,generate,analysis,onnx,postgresql,ray,docs,dev]"
	touch $@ $(VENV)/.reproduce
