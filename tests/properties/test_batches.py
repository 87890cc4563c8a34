"""Batches lose and repeat nothing; sizes of models match as well as can be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_gated.datasets import SequenceBatches
from keras_gated.models import UNITS, count_parameters, match_units
from tests.properties.examples import few_or_many

pytestmark = pytest.mark.once

LENGTHS = st.lists(st.integers(1, 30), min_size=1, max_size=25)


@few_or_many(few=60, many=2000)
@given(
    lengths=LENGTHS,
    batch_size=st.integers(1, 9),
    padded_lengths=st.integers(1, 6),
    shuffle=st.booleans(),
    seed=st.integers(0, 2**31),
    epoch=st.integers(0, 5),
)
def test_every_sequence_comes_once(
    lengths, batch_size, padded_lengths, shuffle, seed, epoch
):
    # Every step says which it is, and of which sequence.
    inputs = [
        np.stack([np.full(length, number), np.arange(length)], axis=1)
        for number, length in enumerate(lengths, start=1)
    ]
    batches = SequenceBatches(
        inputs,
        [-sequence for sequence in inputs],
        batch_size,
        shuffle=shuffle,
        seed=seed,
        padded_lengths=padded_lengths,
    )
    batches.epoch = epoch
    seen = []
    for x, y, weight in batches:
        assert x.shape == (batch_size, *weight.shape[1:], 2)
        assert weight.shape[1] in batches.padded_lengths
        np.testing.assert_array_equal(x, -y)
        for row, row_weight in zip(x, weight, strict=True):
            length = int(row_weight.sum())
            np.testing.assert_array_equal(row_weight, np.arange(len(row)) < length)
            assert not row[length:].any()
            if length:
                number = int(row[0, 0])
                np.testing.assert_array_equal(row[:length], inputs[number - 1])
                seen.append(number)
    assert sorted(seen) == list(range(1, len(lengths) + 1))
    assert batches.steps == sum(lengths)
    assert 1 <= len(batches.padded_lengths) <= padded_lengths
    assert batches.padded_lengths[-1] == max(lengths)


@few_or_many(few=40, many=1000)
@given(lengths=LENGTHS, seed=st.integers(0, 99), epoch=st.integers(0, 5))
def test_the_same_seed_gives_the_same_epoch(lengths, seed, epoch):
    sequences = [np.arange(length + 1.0)[:, None] for length in lengths]
    first, second = (
        SequenceBatches.next_step(sequences, batch_size=3, seed=seed) for _ in range(2)
    )
    first.epoch = second.epoch = epoch
    assert len(first) == len(second)
    for one, other in zip(first, second, strict=True):
        for left, right in zip(one, other, strict=True):
            np.testing.assert_array_equal(left, right)
        inputs, targets, weight = one
        np.testing.assert_array_equal((targets - inputs)[weight > 0], 1)


@few_or_many(few=100, many=3000)
@given(
    unit=st.sampled_from(sorted(UNITS)),
    input_size=st.integers(1, 300),
    parameters=st.integers(1, 10**7),
    output_size=st.integers(0, 300),
    use_bias=st.booleans(),
)
def test_no_other_number_of_units_comes_closer(
    unit, input_size, parameters, output_size, use_bias
):
    def distance(units):
        found = count_parameters(
            unit, units, input_size, output_size, use_bias=use_bias
        )
        return abs(found - parameters)

    chosen = match_units(unit, input_size, parameters, output_size, use_bias=use_bias)
    assert chosen >= 1
    assert distance(chosen) <= distance(chosen + 1)
    assert chosen == 1 or distance(chosen) <= distance(chosen - 1)
