import numpy as np
import pytest

from keras_gated.analysis import saturation
from reproduce.studies.karpathy2015.analysis.gates import saturated_units


def test_units_that_are_saturated_at_most_steps():
    # Ten steps of three units: always open, open at all but two, never.
    gate = np.full((1, 10, 3), 0.99)
    gate[0, :2, 1] = 0.5
    gate[0, :, 2] = 0.05
    shares = saturation({"lstm": {"forget_gate": gate, "input_gate": 1 - gate}})
    table = saturated_units(shares).set_index(["layer", "gate", "side"])
    assert table["share"].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1 / 3])
    assert table.loc[("lstm", "forget_gate", "right"), "median"] == pytest.approx(0.8)
    assert table.loc[("lstm", "forget_gate", "left"), "median"] == 0
    assert set(table["units"]) == {3}
    eight = saturated_units(shares, mostly=0.75).set_index(["layer", "gate", "side"])
    assert eight.loc[("lstm", "forget_gate", "right"), "share"] == pytest.approx(2 / 3)
    assert table.loc[("lstm", "forget_gate", "right"), "low"] == 0
    assert table.loc[("lstm", "forget_gate", "right"), "high"] == 1
