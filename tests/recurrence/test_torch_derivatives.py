"""PyTorch's ways to a derivative, of loops whose own derivative is written by hand."""

import keras
import numpy as np
import pytest

from keras_gated.layers import LSTMVariant, PeepholeLSTM
from tests import needs
from tests.cells import HAND_WRITTEN
from tests.units import GRU_BEFORE, UNITS, normal, own_tanh, randomise

torch = needs.package("torch")
pytestmark = [
    pytest.mark.skipif(keras.backend.backend() != "torch", reason="for PyTorch"),
    # PyTorch's own forward mode compiles a part of itself by it.
    pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated"),
]

BATCH, TIME, FEATURES, SIZE = 2, 4, 2, 3
MASK = np.array([[1, 1, 0, 1], [0, 1, 1, 0]], bool)

MAKERS = {
    **{unit.name: unit.make for unit in UNITS},
    **{cell.name: cell.make for cell in HAND_WRITTEN if "bare" not in cell.name},
    "coupled variant": lambda units, **k: LSTMVariant(units, coupled_gates=True, **k),
    "zoneout": lambda units, **k: PeepholeLSTM(units, zoneout=0.3, **k),
    "checkpoints": lambda units, **k: PeepholeLSTM(units, checkpoint_steps=3, **k),
}


@pytest.fixture(params=MAKERS)
def make(request):
    """Makes a layer, of each loop that there is."""
    return MAKERS[request.param]


def problem(make, dtype="float64", **arguments):
    """A layer, all that it reads, and the function that it is of those."""
    layer = randomise(
        make(SIZE, return_sequences=True, dtype=dtype, **arguments), FEATURES
    )
    assert layer.recurrence.is_hand_written or arguments
    count = len(layer.get_initial_state(BATCH))
    states = [normal(BATCH, SIZE, seed=seed) for seed in range(count)]
    weights = [variable.value.detach() for variable in layer.trainable_variables]
    given = [normal(BATCH, TIME, FEATURES), *states]
    given = [torch.tensor(array, dtype=getattr(torch, dtype)) for array in given]

    def function(x, *rest):
        before, values = rest[: len(states)], rest[len(states) :]
        pairs = zip(layer.trainable_variables, values, strict=True)
        with keras.StatelessScope(list(pairs)):
            return layer(x, initial_state=list(before), mask=MASK)

    return function, [*given, *weights]


def wanting(given):
    return [x.clone().requires_grad_() for x in given]


def test_first_derivatives_of_all_kinds(make):
    """Backward, forward, and both in batches, beside finite differences."""
    function, given = problem(make)
    assert torch.autograd.gradcheck(
        function,
        wanting(given),
        check_forward_ad=True,
        check_batched_grad=True,
        check_batched_forward_grad=True,
        fast_mode=True,
    )


def test_second_derivatives_of_all_kinds(make):
    """Backward over backward, in batches too, and forward over backward."""
    function, given = problem(make)
    assert torch.autograd.gradgradcheck(
        function,
        wanting(given),
        check_fwd_over_rev=True,
        check_batched_grad=True,
        fast_mode=True,
    )


def slope_penalty(function, given):
    """A loss that holds the square of its own gradient."""
    outputs = function(*given)
    slopes = torch.autograd.grad(outputs.sum(), given, create_graph=True)
    return sum(torch.sum(slope**2) for slope in slopes)


def test_the_gradient_of_a_sum_is_no_constant(make):
    """The gradient that comes in is one, and does not ask to be differentiated."""
    function, given = problem(make)
    given = wanting(given)
    found = torch.autograd.grad(slope_penalty(function, given), given)
    step = 1e-5
    moved = [
        slope_penalty(function, wanting([x + sign * step for x in given])).item()
        for sign in (1, -1)
    ]
    total = sum(gradient.sum().item() for gradient in found)
    assert total == pytest.approx((moved[0] - moved[1]) / (2 * step), rel=1e-6)


def test_backward_leaves_gradients_with_a_graph():
    function, given = problem(GRU_BEFORE.make)
    given = wanting(given)
    expected = torch.autograd.grad(slope_penalty(function, given), given)
    with pytest.warns(UserWarning, match="create_graph=True"):
        function(*given).sum().backward(create_graph=True)
    slopes = [x.grad for x in given]
    found = torch.autograd.grad(sum(torch.sum(s**2) for s in slopes), given)
    for x in given:
        x.grad = None  # else the graph holds itself
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other)


def test_third_derivatives():
    def third(function, given):
        given = wanting(given)
        second = torch.autograd.grad(
            slope_penalty(function, given), given, create_graph=True
        )
        return torch.autograd.grad(sum(torch.sum(s**2) for s in second), given)

    by_hand, generic = (
        third(*problem(GRU_BEFORE.make, activation=activation))
        for activation in ("tanh", own_tanh)
    )
    for one, other in zip(by_hand, generic, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-8, atol=1e-9)


def test_a_state_that_comes_from_the_inputs_has_its_own_share():
    layer = randomise(GRU_BEFORE.make(SIZE, dtype="float64"), FEATURES)

    def function(x):
        return layer(x, initial_state=[x[:, 0, :1].expand(-1, SIZE).contiguous()])

    x = torch.tensor(normal(BATCH, TIME, FEATURES), dtype=torch.float64)
    assert torch.autograd.gradgradcheck(function, x.requires_grad_())


TRANSFORMED = {
    "vmap": lambda f, x: torch.func.vmap(f)(torch.stack([x, -x])),
    "grad": lambda f, x: torch.func.grad(lambda x: f(x).square().sum())(x),
    "gradients of each sequence": lambda f, x: torch.func.vmap(
        torch.func.grad(lambda one: f(one[None].expand_as(x)).square().sum())
    )(x),
    "jvp": lambda f, x: torch.func.jvp(f, (x,), (x.cos(),)),
    "vjp": lambda f, x: torch.func.vjp(f, x)[1](f(x).cos()),
    "jacrev": lambda f, x: torch.func.jacrev(f)(x),
    "jacfwd": lambda f, x: torch.func.jacfwd(f)(x),
    "hessian": lambda f, x: torch.func.hessian(lambda x: f(x).square().sum())(x),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", TRANSFORMED)
def test_transformations(name, dtype):
    """Also of the loop in C++, which has no rules for them."""
    found = []
    for activation in ("tanh", own_tanh):
        function, (x, *rest) = problem(GRU_BEFORE.make, dtype, activation=activation)

        def of_inputs(x, function=function, rest=rest):
            return function(x, *rest)

        found.append(TRANSFORMED[name](of_inputs, x))
    torch.testing.assert_close(*found, rtol=1e-4, atol=1e-5)


def test_the_path_says_what_takes_another_loop():
    assert "torch.func" in GRU_BEFORE.make(SIZE).recurrence.reason
    assert (
        "torch.func" not in GRU_BEFORE.make(SIZE, activation="relu").recurrence.reason
    )


def test_no_tangent_is_lost_in_the_gradient_that_comes_in():
    """The derivative is linear in it."""
    function, given = problem(PeepholeLSTM, "float32")
    given = wanting(given)
    outputs = function(*given)
    upstream, tangent = (torch.randn_like(outputs) for _ in range(2))
    expected = torch.autograd.grad(outputs, given, tangent, retain_graph=True)
    ad = torch.autograd.forward_ad
    with ad.dual_level():
        dual = ad.make_dual(upstream, tangent)
        found = torch.autograd.grad(outputs, given, dual)
        found = [ad.unpack_dual(gradient).tangent for gradient in found]
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def changed(tensor):
    with torch.no_grad():
        tensor.copy_(~tensor if tensor.dtype == torch.bool else tensor + 1)


@pytest.mark.parametrize("what", ["recurrent kernel", "state", "mask"])
def test_what_changed_since_is_refused(unit, what):
    """The derivative would be that of other numbers."""
    layer = randomise(unit.make(SIZE), FEATURES)
    mask = torch.tensor(MASK)
    states = [torch.zeros(BATCH, SIZE) for _ in range(unit.states)]
    outputs = layer(
        torch.tensor(normal(BATCH, TIME, FEATURES)), mask=mask, initial_state=states
    )
    recurrent_kernel = layer.trainable_variables[1].value
    changed(
        {"recurrent kernel": recurrent_kernel, "state": states[0], "mask": mask}[what]
    )
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        outputs.sum().backward()
