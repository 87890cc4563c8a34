"""Every layer passes every check, or says why it does not.

Where `KERAS_GATED_CONFORMANCE` names a folder, the results of all checks are written
to it; `make conformance` does so.
"""

import pytest

from keras_gated.testing import CHECKS, NotApplicable
from keras_gated.testing.run import run_check
from keras_gated.testing.subject import Subject
from tests.conformance.layers import EVERY, FAMILIES, LAYERS
from tests.conformance.results import LEFT_TO
from tests.tiers import EXHAUSTIVE, quick_elsewhere

TIER = "exhaustive" if EXHAUSTIVE else "quick"
CELLS = [
    quick_elsewhere(layer, check, among=FAMILIES, id=f"{layer}-{check.name}")
    for layer in LAYERS
    for check in CHECKS.values()
    if TIER == "exhaustive" or (check.tier == TIER and LAYERS[layer].like is None)
]


@pytest.mark.parametrize(("name", "check"), CELLS)
def test_conformance(name, check, request):
    row = LAYERS[name]
    if check.tier == "exhaustive" and row.like is not None:
        pytest.skip(f"{LEFT_TO} {row.like}")
    waits = row.waits_for(check.name)
    if waits is not None:
        request.applymarker(
            pytest.mark.xfail(reason=waits, strict=check.name not in EVERY)
        )
    try:
        run_check(check, Subject(row.make, name), TIER)
    except NotApplicable as reason:
        assert check.name in row.lacks, f"not declared in the table: {reason}"
        pytest.skip(row.lacks[check.name])
    assert check.name not in row.lacks, "applies, unlike what the table says"
