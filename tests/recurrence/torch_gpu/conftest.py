"""The loops for GPUs where there is none: interpreted by NumPy, or only compiled."""

import sys
from contextlib import contextmanager

import pytest

from keras_gated.recurrence.experimental import SWITCH
from tests import needs

PACKAGE = "keras_gated.recurrence._torch_gpu"


@contextmanager
def imported_anew():
    """Triton looks at its variables when kernels are defined, and not again."""
    before = _forgotten()
    try:
        yield
    finally:
        _forgotten()
        sys.modules.update(before)


def _forgotten():
    names = [name for name in sys.modules if name.startswith(PACKAGE)]
    return {name: sys.modules.pop(name) for name in names}


@pytest.fixture
def interpreted(monkeypatch):
    """Kernels run in NumPy, on the CPU's tensors, and layers take them."""
    needs.package("triton")
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    monkeypatch.setenv(SWITCH, "1")
    with imported_anew():
        yield


@pytest.fixture
def compilable(monkeypatch, tmp_path):
    """Kernels can be compiled, from nothing."""
    needs.package("triton")
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    with imported_anew():
        yield


@pytest.fixture
def tiles(monkeypatch, interpreted):
    """Sets the plan of all kernels: `tiles(whole=True)`, with the smallest tiles."""
    import keras_gated.recurrence._torch_gpu.units  # noqa: F401

    def choose(whole):
        for name in ("lstm", "gru_reset_before", "gru_reset_after", "simple_rnn"):
            module = sys.modules[f"{PACKAGE}.{name}"]
            launches = sys.modules[f"{PACKAGE}.launches"]
            small = launches.Plan(whole, 16, 16, 16, warps=1, stages=1)
            monkeypatch.setattr(module, "plan", lambda *_, small=small: small)

    return choose
