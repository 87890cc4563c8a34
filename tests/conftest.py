"""Shared fixtures. The backend under test is the one `KERAS_BACKEND` names."""

import gc
import os
from pathlib import Path

import keras
import pytest

from tests.tiers import EXHAUSTIVE, QUICKEST, quick_elsewhere
from tests.units import PAPER_UNITS, UNITS

MAPPINGS = Path("/proc/self/maps")
MOST_MAPPINGS = 16_000


@pytest.fixture(autouse=True)
def reproducible():
    """Every test starts from the same seed and leaves the global settings alone."""
    floatx = keras.config.floatx()
    policy = keras.config.dtype_policy()
    keras.utils.set_random_seed(1412)
    yield
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(policy)


@pytest.fixture(autouse=True)
def room_for_programs():
    """Gives back what JAX compiled for earlier tests before there is too much of it.

    Every program is some memory mappings, and with Linux' limit of 65,530 of them
    LLVM ends the process by a segmentation fault.
    """
    yield
    if keras.backend.backend() != "jax" or not MAPPINGS.exists():
        return
    if MAPPINGS.read_bytes().count(b"\n") > MOST_MAPPINGS:
        import jax

        gc.collect()
        jax.clear_caches()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Skips what its mark puts off, before any fixture is made."""
    if item.get_closest_marker("once") and keras.backend.backend() != QUICKEST:
        pytest.skip("the same on every backend; run on PyTorch")
    if item.get_closest_marker("exhaustive") and not EXHAUSTIVE:
        pytest.skip("slow; run by make conformance")


@pytest.fixture
def backend():
    return keras.backend.backend()


@pytest.fixture(scope="session")
def data_dir():
    """The folder of real data sets that `KERAS_GATED_DATA` names."""
    folder = os.environ.get("KERAS_GATED_DATA")
    if not folder:
        pytest.skip("KERAS_GATED_DATA names no folder of data sets")
    return Path(folder)


@pytest.fixture
def float64():
    """Computes in double precision, which JAX must be asked for."""
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    if keras.backend.backend() != "jax":
        yield
        return
    import jax

    with jax.enable_x64(True):
        yield


@pytest.fixture(
    params=[quick_elsewhere(unit, among=PAPER_UNITS) for unit in UNITS],
    ids=lambda unit: unit.name,
)
def unit(request):
    """The recurrent units, one after the other; the paper's are quick everywhere."""
    return request.param
