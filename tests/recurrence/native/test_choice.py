"""When the C++ loops are taken, and what a layer says when they are not."""

import keras
import pytest

from keras_gated.layers import PeepholeLSTM
from keras_gated.recurrence.choice import loop_for
from keras_gated.recurrence.equations import LSTM
from keras_gated.recurrence.native import NativeLoop, library
from keras_gated.recurrence.operands import Operands
from tests.recurrence.native.expected import FLOAT32_LOOP


def test_float32_takes_the_loops_that_a_compiler_could_build(unit):
    path = unit.make(3).recurrence
    assert path.name == FLOAT32_LOOP, path.reason


needs_loops = pytest.mark.skipif(
    FLOAT32_LOOP != "native", reason="there is no compiler"
)


@needs_loops
@pytest.mark.parametrize(
    ("batch", "units", "taken"),
    [(7, 363, False), (8, 363, True), (1, 362, True), (0, 3, False)],
)
def test_few_sequences_with_many_weights_do_not_take_them(batch, units, taken):
    """A kernel of 4 times 362 squared has 2^19 weights, less 112."""
    zeros = keras.ops.zeros
    operands = Operands(
        inputs=zeros((batch, 5, 2)),
        states=(zeros((batch, units)), zeros((batch, units))),
        projection=(zeros((2, 4 * units)),),
        weights=(zeros((units, 4 * units)),),
        valid=None,
        dropout_mask=None,
    )
    assert isinstance(loop_for(LSTM(), operands), NativeLoop) is taken


@needs_loops
@pytest.mark.parametrize("dtype", ["bfloat16", "mixed_bfloat16"])
def test_bfloat16_takes_them(dtype):
    path = PeepholeLSTM(3, dtype=dtype).recurrence
    assert path.name == "native", path.reason


@needs_loops
@pytest.mark.parametrize("dtype", ["float64", "mixed_float16"])
def test_reason_names_the_type(dtype):
    path = PeepholeLSTM(3, dtype=dtype).recurrence
    assert path.name == "hand-written"
    assert "compute in float32 and bfloat16, not" in path.reason


@needs_loops
def test_switch_turns_them_off_and_on(monkeypatch):
    layer = PeepholeLSTM(3)
    monkeypatch.setenv(library.SWITCH, "0")
    assert layer.recurrence.name == "hand-written"
    assert "KERAS_GATED_NATIVE=0" in layer.recurrence.reason
    monkeypatch.delenv(library.SWITCH)
    assert layer.recurrence.name == "native"


def test_missing_library_is_told_with_the_way_to_get_it(monkeypatch, tmp_path):
    monkeypatch.delenv(library.SWITCH, raising=False)
    for name in ("LOOPS", "LOOPS_FOR_XLA"):
        monkeypatch.setattr(library, name, tmp_path / "none.so")
    monkeypatch.setattr(library, "NOTE", tmp_path / "note.txt")
    assert "not installed with pip" in PeepholeLSTM(3).recurrence.reason
    library.NOTE.write_text("there was no C++ compiler when it was installed")
    path = PeepholeLSTM(3).recurrence
    assert path.name == "hand-written"
    assert "there was no C++ compiler" in path.reason
    assert "g++ or clang++" in path.reason
    assert "pip install" in path.reason
    assert tuple(PeepholeLSTM(3)(keras.ops.ones((2, 4, 3))).shape) == (2, 3)
