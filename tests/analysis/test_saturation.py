import numpy as np
import pytest

from keras_gated import analysis

BATCH, TIME, UNITS = 4, 7, 3


@pytest.fixture
def gate():
    return np.random.default_rng(0).random((BATCH, TIME, UNITS)).astype("float32")


def counted(gate, unit, steps, saturated):
    """The share of `steps` (pairs of sequence and time) at which a unit is so."""
    hits = [saturated(float(gate[sequence, time, unit])) for sequence, time in steps]
    return sum(hits) / len(hits)


@pytest.mark.parametrize("low", [0.1, 0.4])
@pytest.mark.parametrize("masked", [False, True])
def test_shares_are_those_counted_one_by_one(gate, low, masked):
    mask = np.arange(TIME) < np.array([[7], [3], [1], [0]])
    shares = analysis.saturation(
        {"reset_gate": gate}, low=low, high=0.8, mask=mask if masked else None
    )["reset_gate"]
    every = np.argwhere(mask if masked else np.ones((BATCH, TIME)))
    for unit in range(UNITS):
        left = counted(gate, unit, every, lambda value: value < low)
        right = counted(gate, unit, every, lambda value: value > 0.8)
        assert shares.left[unit] == pytest.approx(left)
        assert shares.right[unit] == pytest.approx(right)
    assert (shares.low, shares.high) == (low, 0.8)


def test_weights_count_steps_as_often(gate):
    weights = np.zeros((BATCH, TIME))
    weights[1, 2], weights[3, 4] = 3, 1
    repeated = np.stack([gate[1, 2]] * 3 + [gate[3, 4]])[None]
    found = analysis.saturation({"a_gate": gate}, 0.5, 0.6, weights)["a_gate"]
    expected = analysis.saturation({"a_gate": repeated}, 0.5, 0.6)["a_gate"]
    np.testing.assert_allclose(found.left, expected.left)
    np.testing.assert_allclose(found.right, expected.right)


def test_only_gates_count_and_nesting_is_kept(gate):
    lstm = {"input_gate": gate, "forget_gate": gate / 2, "candidate": gate}
    shares = analysis.saturation({"lstm": lstm, "tanh": {"output": gate}})
    assert list(shares) == ["lstm"]
    assert list(shares["lstm"]) == ["input_gate", "forget_gate"]
    assert not shares["lstm"]["forget_gate"].right.any()


@pytest.mark.parametrize(("low", "high"), [(0.9, 0.1), (0.5, 0.5), (np.nan, 0.9)])
def test_low_must_be_below_high(gate, low, high):
    with pytest.raises(ValueError, match=f"low={low} and high={high}"):
        analysis.saturation({"a_gate": gate}, low, high)


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (np.ones((BATCH, TIME + 1)), r"is \(4, 7\) for gru a_gate.*\(4, 8\)"),
        (np.ones((BATCH, TIME, 1)), r"\(4, 7, 1\)"),
        (np.zeros((BATCH, TIME)), "at least one step"),
        (-np.ones((BATCH, TIME)), "not negative"),
        (np.full((BATCH, TIME), np.nan), "finite"),
    ],
)
def test_masks_must_fit(gate, mask, message):
    with pytest.raises(ValueError, match=message):
        analysis.saturation({"gru": {"a_gate": gate}}, mask=mask)


@pytest.mark.parametrize(
    ("gates", "message"),
    [
        ({}, "Needed are the gates"),
        (np.ones((2, 3, 4)), "Received ndarray"),
        ({"gru": {"a_gate": np.ones((2, 3))}}, r"gru a_gate must be.*\(2, 3\)"),
        ({"a_gate": np.ones((2, 0, 4))}, r"not empty.*\(2, 0, 4\)"),
        ({"tanh": {"output": np.ones((2, 3, 4))}}, r"no gate.*\['tanh output'\]"),
    ],
)
def test_there_must_be_gates_of_three_axes(gates, message):
    with pytest.raises(ValueError, match=message):
        analysis.saturation(gates)
