"""The C++ loops as an operator of PyTorch."""

import keras
import numpy as np
import pytest

from keras_gated.recurrence.native.call import KINDS, Call
from tests import needs
from tests.recurrence.native.expected import FLOAT32_LOOP
from tests.units import randomise

torch = needs.package("torch")
pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "torch" or FLOAT32_LOOP != "native",
    reason="for PyTorch, where there is a compiler",
)

STEPS, BATCH, FEATURES, UNITS = 5, 3, 2, 4


@pytest.fixture(params=range(len(KINDS)))
def arguments(request):
    """Those of a forward call of each unit."""
    kind = KINDS[request.param]
    lengths = kind.blocks.lengths(UNITS)
    arrays = {
        "inputs": torch.randn(BATCH, STEPS, FEATURES),
        "kernel": torch.randn(FEATURES, lengths["p"]),
        "recurrent_kernel": torch.randn(lengths["r"], lengths["q"]),
        "first_output": torch.randn(BATCH, UNITS),
        "first_carry": torch.randn(BATCH, lengths["w"]),
    }
    writes = ["outputs", "last_output", "last_carry"]
    if not kind.has_carry:
        del arrays["first_carry"], writes[2]
    return "forward", request.param, list(arrays), list(arrays.values()), writes


def test_operator_keeps_the_rules_of_torch(arguments):
    torch.library.opcheck(torch.ops.keras_gated.loop.default, arguments)


def test_call_says_what_shapes_come_back(arguments):
    direction, unit, reads, arrays, writes = arguments
    call = Call(direction, unit, tuple(reads), tuple(writes))
    found = torch.ops.keras_gated.loop(*arguments)
    assert [tuple(x.shape) for x in found] == call.write_shapes(call.sizes(arrays))


def test_threads_do_not_change_the_numbers(unit):
    layer = randomise(unit.make(36, return_sequences=True), 20)
    x = torch.randn(33, 40, 20)
    before, found = torch.get_num_threads(), []
    for threads in (1, 2, 3):
        torch.set_num_threads(threads)
        found.append(layer(x).detach().numpy())
    torch.set_num_threads(before)
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], rtol=1e-6, atol=1e-6)


# What is left of a frame around the loop makes PyTorch warn of its own code.
@pytest.mark.filterwarnings("ignore")
def test_compiled_model_trains(unit):
    layer = randomise(unit.make(4, return_sequences=True), 3)
    x = torch.randn(2, 5, 3)
    gradients = []
    for function in (layer, torch.compile(layer, backend="aot_eager")):
        for weight in layer.trainable_variables:
            weight.value.grad = None
        function(x).square().sum().backward()
        gradients.append([w.value.grad.clone() for w in layer.trainable_variables])
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other)


def test_exported_program_has_no_such_operator(unit):
    layer = randomise(unit.make(4), 3)
    program = torch.export.export(layer, (torch.randn(2, 5, 3),))
    assert "keras_gated" not in str(program.graph)
