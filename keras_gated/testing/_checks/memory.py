"""Memory that calls leave behind."""

import gc
from pathlib import Path

import keras

from keras_gated.testing._arrays import FEATURES, normal
from keras_gated.testing._subject import Subject
from keras_gated.testing.check import NotApplicable, layer_check

CALLS = 1000
ROUNDS = 3
ALLOWED = 2**21
"""Bytes: two kilobytes a call, less than the outputs of one."""


@layer_check("1,000 predictions leave no memory behind", "exhaustive")
def memory(subject: Subject) -> None:
    model = keras.Sequential(
        [keras.Input((None, FEATURES)), subject.make(return_sequences=True)]
    )
    x = normal(64, 10, FEATURES)
    # What is kept once, and the allocator's reserve, is there after some calls.
    _growth(model, x, CALLS // 2)
    # And what calls leave behind grows every time, what a thread reserves once.
    for _ in range(ROUNDS):
        grown = _growth(model, x, CALLS)
        if grown <= ALLOWED:
            return
    raise AssertionError(
        f"expected {CALLS} predictions to leave less than {ALLOWED} bytes behind; "
        f"out came {grown}."
    )


def _growth(model: keras.Model, x: object, calls: int) -> int:
    gc.collect()
    before = resident_bytes()
    for _ in range(calls):
        model.predict_on_batch(x)
    gc.collect()
    return resident_bytes() - before


def resident_bytes() -> int:
    """The memory that this process holds."""
    status = Path("/proc/self/status")
    if not status.exists():
        raise NotApplicable("the memory of a process is read on Linux only")
    (line,) = (x for x in status.read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) * 1024
