"""Loops of PyTorch on arrays of NumPy, beside those in float64."""

import numpy as np
import torch

from keras_gated.recurrence.equations import (
    LSTM,
    GRUResetAfter,
    GRUResetBefore,
    SimpleRNN,
)
from keras_gated.recurrence.operands import Operands
from tests.recurrence.native import reference
from tests.recurrence.native.problems import in_double

CLASSES = {
    "lstm": LSTM,
    "gru_reset_before": GRUResetBefore,
    "gru_reset_after": GRUResetAfter,
    "simple_rnn": SimpleRNN,
}


def compare(loop, problem, upstream, rtol=2e-5, to_inputs=True, device="cpu"):
    """All that a loop gives, forward and backward, against NumPy in float64.

    `upstream` has all gradients.
    """
    given = _tensors(upstream, device)
    operands = operands_of(problem, device)
    with torch.inference_mode():
        results, residuals = loop.forward(operands, save=True)
        gradients = loop.backward(residuals, given, to_inputs)
        without, _ = loop.forward(operands, save=False)
    expected = reference.forward(in_double(problem))
    finals = (expected.outputs, expected.last_output, expected.last_carry)
    for one, same, other in zip(results, without, finals, strict=False):
        np.testing.assert_allclose(_array(one), other, rtol, rtol)
        np.testing.assert_allclose(_array(same), other, rtol, rtol)
    exact = reference.backward(in_double(problem), expected, in_double(upstream))
    found = _by_name(problem, *gradients)
    differentiable = problem._replace(unit=None, valid=None, dropout_mask=None)
    wanted = {f"d_{n}" for n, x in differentiable._asdict().items() if x is not None}
    assert set(found) == wanted - (set() if to_inputs else {"d_inputs"})
    for name, one in found.items():
        # Gradients may grow on their way, and sums cancel.
        scale = max(1, np.abs(exact[name]).max(initial=0), np.sqrt(problem.steps))
        np.testing.assert_allclose(
            _array(one), exact[name], rtol, rtol * scale, err_msg=name
        )


def operands_of(problem, device="cpu"):
    """The problem as a layer would put it."""
    p = problem._replace(valid=None)
    arrays = {n: _tensor(x, device) for n, x in p._asdict().items() if n != "unit"}
    recurrent, units = arrays["recurrent_kernel"], problem.first_output.shape[-1]
    kernels = (recurrent,)
    if problem.unit == "gru_reset_before":
        kernels = recurrent[:, : 2 * units], recurrent[:, 2 * units :]

    def there(*names):
        return tuple(arrays[name] for name in names if arrays[name] is not None)

    valid = None
    if problem.valid is not None:
        valid = torch.tensor(problem.valid, device=device).bool()
    return Operands(
        arrays["inputs"],
        there("first_output", "first_carry"),
        there("kernel", "bias"),
        (*kernels, *there("recurrent_bias", "peepholes")),
        valid,
        arrays["dropout_mask"],
    )


def _by_name(problem, d_inputs, d_states, d_projection, d_weights):
    kernels = 2 if problem.unit == "gru_reset_before" else 1
    beside = "d_peepholes" if problem.unit == "lstm" else "d_recurrent_bias"
    named = {
        "d_inputs": d_inputs,
        **dict(zip(("d_first_output", "d_first_carry"), d_states, strict=False)),
        **dict(zip(("d_kernel", "d_bias"), d_projection, strict=False)),
        "d_recurrent_kernel": torch.cat(d_weights[:kernels], -1),
        **dict(zip([beside], d_weights[kernels:], strict=False)),
    }
    return {name: x for name, x in named.items() if x is not None}


def _tensors(arrays, device):
    return tuple(_tensor(x, device) for x in arrays if x is not None)


def _tensor(array, device):
    if array is None:
        return None
    number = getattr(torch, array.dtype.name)
    return torch.tensor(array.astype("float32"), device=device).to(number)


def _array(tensor):
    return tensor.detach().cpu().double().numpy()
