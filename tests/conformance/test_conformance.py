"""Every layer passes every check, or says why it does not.

Where `KERAS_GATED_CONFORMANCE` names a folder, the results of all checks are written
to it; `make conformance` does so.
"""

import keras
import pytest

from keras_gated.testing import CHECKS
from tests.conformance.layers import FAMILIES, LAYERS
from tests.conformance.results import LEFT_TO
from tests.conformance.run import run_cell
from tests.tiers import ELSEWHERE, EXHAUSTIVE

BACKEND = keras.backend.backend()
TIER = "exhaustive" if EXHAUSTIVE else "quick"
CELLS = [
    pytest.param(
        layer,
        check,
        id=f"{layer}-{check.name}",
        marks=() if layer in FAMILIES.get(BACKEND, ()) else ELSEWHERE,
    )
    for layer in LAYERS
    for check in CHECKS.values()
    if TIER == "exhaustive" or (check.tier == TIER and LAYERS[layer].like is None)
]


@pytest.mark.parametrize(("name", "check"), CELLS)
def test_conformance(name, check, request):
    row = LAYERS[name]
    if check.tier == "exhaustive" and row.like is not None:
        pytest.skip(f"{LEFT_TO} {row.like}")
    run_cell(row, name, check, TIER, request)
