PYTHON ?= python3
# For Linux, PyPI's builds of PyTorch bring gigabytes of CUDA; where an index with
# CPU builds is configured (PIP_EXTRA_INDEX_URL), pip prefers its build of this one.
TORCH ?= torch==2.13.0

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install
BACKENDS := jax tensorflow torch

.PHONY: help reproduce test suites conformance sample conformance-keras bench check \
	format docs clean $(BACKENDS:%=test-%) $(BACKENDS:%=exhaustive-%)

help:
	@echo "make reproduce   train the paper's models on JSB Chorales, a few minutes"
	@echo "make test        run the tests on JAX, TensorFlow and PyTorch"
	@echo "make conformance run all checks of all layers, and the slow tests, an hour and a half"
	@echo "make sample      run a seventh of these, another one every day"
	@echo "make bench       time the layers beside those of Keras and torch.nn, an hour"
	@echo "make check       lint, types and a strict build of the documentation"
	@echo "make docs        build the documentation into site/"
	@echo "make clean       remove what these commands made, results/ excepted"

reproduce: $(VENV)/.reproduce
	$(BIN)/python reproduce/run.py --backend jax

# The list of suites, which the workflow reads as well.
SUITES := $(BACKENDS)

# A process for each core, with one thread each: they get less in each other's way than
# threads do.
JOBS ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu)
PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest --quiet \
	--numprocesses $(JOBS) --dist worksteal

# Runs the targets $(1) one after the other, whichever fails, and says which did.
define all-of
@failed=; for target in $(1); do \
	$(MAKE) --no-print-directory $$target || failed="$$failed $$target"; \
done; \
for target in $(1); do \
	case "$$failed " in *" $$target "*) echo "$$target FAILED";; \
	*) echo "$$target passed";; esac; \
done; test -z "$$failed"
endef

suites:
	@echo $(SUITES)

test: $(VENV)/.dev
	$(call all-of,$(SUITES:%=test-%))

# Most of their time is XLA's, compiling programs that run once: let it not optimise
# them, and keep them for the next time. The exhaustive checks run what users do.
PROGRAMS := $(abspath $(VENV))/programs
$(SUITES:%=test-%): export XLA_FLAGS ?= --xla_backend_optimization_level=0
$(SUITES:%=test-%): export JAX_COMPILATION_CACHE_DIR ?= $(PROGRAMS)/jax
$(SUITES:%=test-%): export JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS ?= 0
$(SUITES:%=test-%): export JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES ?= -1
$(SUITES:%=test-%): export TF_XLA_FLAGS ?= \
	--tf_xla_persistent_cache_directory=$(PROGRAMS)/tensorflow
$(SUITES:%=test-%): test-%: $(VENV)/.dev
	@mkdir -p $(PROGRAMS)/jax $(PROGRAMS)/tensorflow
	KERAS_BACKEND=$* $(PYTEST)

# Of some rows of the tables alone: make conformance ROWS=GraphRNN
conformance: export KERAS_GATED_CONFORMANCE := results/conformance
conformance: $(VENV)/.dev
	$(call all-of,$(SUITES:%=exhaustive-%))
	$(BIN)/python tests/conformance/matrix.py

# The share of the exhaustive checks whose turn it is today, or on another day:
# make sample KERAS_GATED_SAMPLE=2026-11-28
sample: export KERAS_GATED_SAMPLE ?= $(shell date -u +%F)
sample: $(VENV)/.dev
	$(call all-of,$(SUITES:%=exhaustive-%))

$(SUITES:%=exhaustive-%): exhaustive-%: $(VENV)/.dev
	KERAS_GATED_EXHAUSTIVE=1 KERAS_BACKEND=$* $(PYTEST) -m "exhaustive or deeper" \
		$(if $(ROWS),-k "$(ROWS)" tests/conformance)

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
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/mkdocs build --strict

format: $(VENV)/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/.dev
	$(BIN)/mkdocs build --strict

clean:
	rm -rf $(VENV) build site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(SUITES:%=test-%) $(SUITES:%=exhaustive-%) bench: $(VENV)/.native

# The C++ loops, where one of their sources changed after they were installed; and no
# program is kept that calls others.
NATIVE := keras_gated/recurrence/native

$(VENV)/.native: $(VENV)/.dev hatch_build.py $(wildcard $(NATIVE)/src/*) \
		$(NATIVE)/build_table.py $(NATIVE)/layout.py
	rm -rf $(PROGRAMS)
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
