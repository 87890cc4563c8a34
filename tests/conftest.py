"""Shared fixtures. The backend under test is the one `KERAS_BACKEND` names."""

import os
from contextlib import contextmanager
from pathlib import Path

import keras
import pytest

from reproduce.training.room import Room
from tests import needs
from tests.conformance.recorder import Recorder
from tests.conformance.results import FOLDER
from tests.reached import Reached
from tests.sample import DAYS, VARIABLE, chosen_day, share_of
from tests.tiers import EXHAUSTIVE, is_of_this_run, marks_of_place, put_off_cases
from tests.units import UNITS

ROOM = pytest.StashKey[Room]()


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
def room_for_others(request):
    """Gives memory back that a process would keep to its end."""
    yield
    request.config.stash[ROOM].make()


def pytest_configure(config):
    config.stash[ROOM] = Room()
    config.pluginmanager.register(Reached())
    if FOLDER is not None:
        config.pluginmanager.register(Recorder())


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    """Leaves out what other runs do, which pytest counts as deselected."""
    for item in items:
        for mark in marks_of_place(item):
            item.add_marker(mark)
    put_off_cases(items)
    # Here `-m` looks at the marks.
    yield
    left = [item for item in items if is_of_this_run(item)]
    day = chosen_day()
    if day is not None:
        names = share_of(day, [item.nodeid for item in left])
        left = [item for item in left if item.nodeid in names]
    kept = set(left)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = left


def pytest_report_header():
    day = chosen_day()
    tier = "exhaustive" if EXHAUSTIVE else "quick"
    lines = [f"keras_gated: {keras.backend.backend()}, {tier} tests"]
    if day is not None:
        lines.append(f"of them those of one day in {DAYS}: {VARIABLE}={day}")
    return lines


@pytest.fixture
def backend():
    return keras.backend.backend()


@pytest.fixture(scope="session")
def data_dir():
    """The folder of real data sets that `KERAS_GATED_DATA` names."""
    folder = os.environ.get("KERAS_GATED_DATA")
    if not folder:
        needs.missing("KERAS_GATED_DATA names no folder of data sets")
    return Path(folder)


@contextmanager
def data_that_may_be_missing():
    """Tells a data set that could not be had from a test that fails.

    `.ci/data` fills a folder with those that are published, where the network is.
    """
    try:
        yield
    except FileNotFoundError as error:
        folder = os.environ.get("KERAS_GATED_DATA")
        if not folder or str(Path(folder)) not in str(error):
            raise
        needs.missing(f"KERAS_GATED_DATA has not all: {error}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup():
    with data_that_may_be_missing():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call():
    with data_that_may_be_missing():
        return (yield)


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
    params=UNITS,
    ids=lambda unit: unit.name,
)
def unit(request):
    """The recurrent units, one after the other."""
    return request.param
