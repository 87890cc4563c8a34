"""Every layer passes every check, or says why it does not.

The exhaustive checks run where `KERAS_GATED_CONFORMANCE` names a folder, which the
results of a whole run are then written to; `make conformance` does so.
"""

import keras
import pytest

from keras_gated.testing import CHECKS, NotApplicable
from keras_gated.testing.run import run_check
from keras_gated.testing.subject import Subject
from tests.conformance.layers import LAYERS
from tests.conformance.results import FOLDER

TIER = "quick" if FOLDER is None else "exhaustive"
CELLS = [
    pytest.param(layer, check, id=f"{layer}-{check.name}")
    for layer in LAYERS
    for check in CHECKS.values()
    if TIER in ("exhaustive", check.tier)
]


@pytest.mark.parametrize(("name", "check"), CELLS)
def test_conformance(name, check, record_cell):
    row = LAYERS[name]
    waits = row.waits.get(check.name, {})
    waits = waits.get(keras.backend.backend(), waits.get("*"))
    subject = Subject(row.make, name)
    try:
        run_check(check, subject, TIER)
    except NotApplicable as reason:
        record_cell(name, check.name, "not applicable", str(reason))
        assert check.name in row.lacks, f"not declared: {reason}"
        pytest.skip(f"not applicable: {row.lacks[check.name]}")
    except Exception as error:
        record_cell(name, check.name, "failed", waits or str(error).splitlines()[-1])
        if waits is None:
            raise
        pytest.xfail(waits)
    record_cell(name, check.name, "passed", "")
    assert waits is None, f"passes, and need wait no longer for: {waits}"
    assert check.name not in row.lacks, "applies, unlike what the table says"
