"""Runs one check of one layer, and holds what the tables say against it."""

import pytest

from keras_gated.testing import NotApplicable
from keras_gated.testing._subject import Subject
from keras_gated.testing.run import run_check
from tests.conformance.layers import EVERY


def run_cell(row, name, check, tier, request):
    """Fails unless the check passes, or its row says why it does not."""
    waits = row.waits_for(check.name)
    if waits is not None:
        request.applymarker(
            pytest.mark.xfail(reason=waits, strict=check.name not in EVERY)
        )
    try:
        run_check(check, Subject(row.make, name), tier)
    except NotApplicable as reason:
        assert check.name in row.lacks, f"not declared in the table: {reason}"
        pytest.skip(row.lacks[check.name])
    assert check.name not in row.lacks, "applies, unlike what the table says"
