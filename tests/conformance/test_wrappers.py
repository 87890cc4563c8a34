"""Every wrapper that changes weights passes every check, or says why it does not."""

import pytest

from keras_gated.testing import WRAPPER_CHECKS
from tests.conformance.layers import WRAPPERS
from tests.conformance.run import run_cell
from tests.conformance.test_conformance import TIER
from tests.tiers import ELSEWHERE

QUICK = {
    ("WeightNormalization", check)
    for check in ("int8", "statistics-in-training", "borrowed-weights", "bidirectional")
}
"""The quick checks that run on every backend, on the wrapper with most to go wrong."""

CELLS = [
    pytest.param(
        wrapper,
        check,
        id=f"{wrapper}-{check.name}",
        marks=() if (wrapper, check.name) in QUICK else ELSEWHERE,
    )
    for wrapper in WRAPPERS
    for check in WRAPPER_CHECKS.values()
    if TIER in ("exhaustive", check.tier)
]


@pytest.mark.parametrize(("name", "check"), CELLS)
def test_wrappers(name, check, request):
    run_cell(WRAPPERS[name], name, check, TIER, request)
