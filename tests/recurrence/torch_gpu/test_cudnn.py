"""PyTorch's functions of whole sequences under our weights, on the CPU.

There they are others' code than cuDNN, with the same weights in the same places.
"""

from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
from ml_dtypes import bfloat16, finfo

from keras_gated.recurrence.equations import LSTM
from tests.recurrence.native.problems import random_problem, random_upstream
from tests.recurrence.torch_gpu.loops import CLASSES, compare, operands_of

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.once

SERVED = ("lstm", "gru_reset_after", "simple_rnn")


def problem_of(unit, **options):
    rng = np.random.default_rng(0)
    problem = random_problem(rng, unit, (4, 3, 5), **options)
    # They have no peepholes.
    return problem._replace(peepholes=None), random_upstream(rng, problem)


@pytest.mark.parametrize("extras", [True, False], ids=["biases", "no biases"])
@pytest.mark.parametrize("unit", SERVED)
def test_against_float64(unit, extras):
    from keras_gated.recurrence._torch_gpu.cudnn import CuDNNLoop

    problem, upstream = problem_of(unit, extras=extras)
    compare(CuDNNLoop(CLASSES[unit]), problem, upstream)


@pytest.mark.parametrize("unit", SERVED)
def test_bfloat16(unit):
    from keras_gated.recurrence._torch_gpu.cudnn import CuDNNLoop

    problem, upstream = problem_of(unit, dtype=bfloat16, scale=0.5)
    compare(CuDNNLoop(CLASSES[unit]), problem, upstream, 6 * float(finfo(bfloat16).eps))


def test_without_gradients_of_the_inputs():
    from keras_gated.recurrence._torch_gpu.cudnn import CuDNNLoop

    problem, upstream = problem_of("lstm")
    compare(CuDNNLoop(LSTM), problem, upstream, to_inputs=False)


def test_the_weights_are_one_piece_of_memory():
    from keras_gated.recurrence._torch_gpu.cudnn import _flat

    problem, _ = problem_of("lstm")
    operands = operands_of(problem)
    kernels = (operands.projection[0], operands.weights[0])
    weights = _flat(kernels, (operands.projection[1],) * 2)
    assert len({x.untyped_storage().data_ptr() for x in weights}) == 1
    places = [x.storage_offset() for x in weights]
    sizes = [x.numel() for x in weights]
    assert places == [0, *np.cumsum(sizes)[:-1]]


class OnCard(NamedTuple):
    """All that is looked at of the inputs."""

    device: Any = SimpleNamespace(type="cuda")


def test_which_calls_it_takes(monkeypatch):
    from keras_gated.recurrence._torch_gpu import cudnn

    monkeypatch.setattr(torch.backends.cudnn, "is_available", lambda: True)

    def takes(unit, peepholes=False, **options):
        rng = np.random.default_rng(0)
        problem = random_problem(rng, unit, (2, 3, 4), **options)
        if not peepholes:
            problem = problem._replace(peepholes=None)
        operands = operands_of(problem)._replace(inputs=OnCard())
        return cudnn.takes(CLASSES[unit](), operands)

    assert all(takes(unit) for unit in SERVED)
    assert not takes("gru_reset_before")
    assert not takes("lstm", peepholes=True)
    assert not takes("lstm", masked=True)
    assert not takes("lstm", dropped=True)
    problem, _ = problem_of("lstm")
    assert not cudnn.takes(LSTM(), operands_of(problem))
    monkeypatch.setattr(torch.backends.cudnn, "is_available", lambda: False)
    assert not takes("lstm")


@pytest.fixture
def as_it_was():
    """Puts PyTorch's precisions of products back, by the newer of its two ways."""
    matmul = torch.backends.cuda.matmul, torch.backends.mkldnn.matmul
    before = [products.fp32_precision for products in matmul]
    yield
    torch.set_float32_matmul_precision("highest")
    for products, precision in zip(matmul, before, strict=True):
        products.fp32_precision = precision


@pytest.mark.parametrize(
    ("asked", "precision"), [("highest", "ieee"), ("high", "tf32"), ("medium", "tf32")]
)
def test_it_is_as_exact_as_products_are(asked, precision, as_it_was):
    """By itself cuDNN would round to TF32."""
    from keras_gated.recurrence._torch_gpu.cudnn import _precision

    torch.set_float32_matmul_precision(asked)
    before = torch.backends.cudnn.rnn.fp32_precision
    with _precision():
        assert torch.backends.cudnn.rnn.fp32_precision == precision
    assert torch.backends.cudnn.rnn.fp32_precision == before


@pytest.mark.parametrize("asked", ["none", "ieee", "tf32"])
def test_products_may_be_asked_for_fewer_digits_either_way(asked, as_it_was):
    """PyTorch fails to answer by the older way what was said by the newer one."""
    from keras_gated.recurrence._torch_gpu.precision import is_exact

    torch.backends.cuda.matmul.fp32_precision = asked
    assert is_exact() == (asked != "tf32")
