"""How models of symbols begin."""

import keras
import numpy as np
import pytest

from keras_gated.layers import SymbolHead
from keras_gated.models import sequence_model
from reproduce.training.symbols import spread_symbols


@pytest.mark.parametrize("num_layers", [1, 2])
def test_the_first_kernel_alone_is_spread(num_layers):
    model = sequence_model(
        "lstm", 16, SymbolHead(30), 30, num_layers=num_layers, one_hot=True
    )
    before = [np.array(keras.ops.convert_to_numpy(w)) for w in model.weights]
    spread_symbols(model)
    after = [keras.ops.convert_to_numpy(w) for w in model.weights]
    changed = [
        weight.path
        for weight, old, new in zip(model.weights, before, after, strict=True)
        if not np.array_equal(old, new)
    ]
    assert changed == [model.weights[0].path]
    assert after[0].shape == (30, 64)
    assert after[0].std() == pytest.approx(1, abs=0.05)
