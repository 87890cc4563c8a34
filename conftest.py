"""Doctests come from every file but those of the backends that are not active."""

from tests.instruction_sets import choose

choose()

import keras  # noqa: E402  It loads what reads the choice.

others = {"jax", "tensorflow", "torch"} - {keras.backend.backend()}
collect_ignore_glob = [
    f"keras_gated/{place}{other}*"
    for place in ("recurrence/_", "recurrence/native/", "testing/_backends/")
    for other in others
]
# They need Triton, which tells when they are imported how they are to run.
collect_ignore_glob.append("keras_gated/recurrence/_torch_gpu/*")
