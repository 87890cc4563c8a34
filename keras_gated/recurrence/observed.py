"""A loop that shows what happens in every step, and lets the states be moved."""

from collections.abc import Mapping
from threading import local
from typing import Any, Self

import keras
from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._held import held
from keras_gated.recurrence.backend import scan
from keras_gated.recurrence.equations import Equations
from keras_gated.recurrence.operands import Operands, present, project


class Observer:
    """Sees the steps of every recurrent layer that is called inside its `with` block.

    Such a layer takes the observed loop instead of its own. It gives the same outputs;
    the backend differentiates it.

    Args:
        perturbations: For names as in `seen`, and of states as there, what to add to
            the state after each step, `(batch, time, units)`, before the next step and
            the caller see it.

    Attributes:
        seen: By the name of the layer, in the order of the calls, the gates and states
            of every step by their names, `(batch, time, units)`, in the order of the
            inputs' time. The second call of a layer, or of another one of that name,
            is `name:2`, and so on.
        states: By the name of the layer, the names of its states, the output first.
    """

    def __init__(
        self, perturbations: Mapping[str, Mapping[str, Tensor]] | None = None
    ) -> None:
        self.perturbations = {} if perturbations is None else perturbations
        self.seen: dict[str, dict[str, Tensor]] = {}
        self.states: dict[str, tuple[str, ...]] = {}
        self._outer: Observer | None = None

    @staticmethod
    def current() -> "Observer | None":
        """The observer inside whose block this is called, if there is one."""
        return getattr(_current, "observer", None)

    def __enter__(self) -> Self:
        self._outer = Observer.current()
        _current.observer = self
        return self

    def __exit__(self, *_: object) -> None:
        _current.observer = self._outer

    def run(
        self,
        layer: str,
        equations: Equations,
        operands: Operands,
        go_backwards: bool,
    ) -> tuple[Tensors, Tensor]:
        """Runs the equations of a step: the final states, and all outputs."""
        name = self._unused(layer)
        moves = {
            state: _turned(ops.cast(move, operands.states[0].dtype), go_backwards)
            for state, move in self.perturbations.get(name, {}).items()
        }
        unknown = sorted(set(moves) - set(equations.states))
        if unknown:
            raise ValueError(
                f"perturbations may move the states {equations.states} of the layer "
                f"{name!r}. Received some for {unknown}."
            )
        finals, seen = run_observed(equations, operands, moves)
        self.states[name] = equations.states
        self.seen[name] = {
            what: _turned(steps, go_backwards) for what, steps in seen.items()
        }
        return finals, seen["output"]

    def _unused(self, layer: str) -> str:
        name, calls = layer, 1
        while name in self.seen:
            calls += 1
            name = f"{layer}:{calls}"
        return name


def unchanged(layer: Any) -> keras.StatelessScope:
    """A scope in which a layer or model runs without a change to its variables.

    Keras draws from the seed of the dropout in recurrent layers at inference, too. It
    also keeps the tracers of a derivative out of them.
    """
    values = (
        (variable, ops.convert_to_tensor(variable)) for variable in layer.variables
    )
    return keras.StatelessScope(list(values))


def run_observed(
    equations: Equations, operands: Operands, moves: Mapping[str, Tensor]
) -> tuple[Tensors, dict[str, Tensor]]:
    """Runs the equations of a step: the final states, and what they name.

    A masked step holds the states and has gates of zero. `moves` are added to the
    states of their names.
    """
    in_time = operands.by_step()
    inputs, states, projection, weights, *_ = in_time
    masks = len(in_time.masks)
    in_order = [
        ops.swapaxes(moves[state], 0, 1) if state in moves else None
        for state in equations.states
    ]

    def body(before: Tensors, current: Tensors) -> tuple[Tensors, Tensors]:
        projected, *others = current
        step = in_time.at(tuple(others[:masks]))
        after, activations = equations.forward(projected, before, weights, step.noise)
        after = held(after, before, step.valid)
        left = iter(others[masks:])
        after = tuple(
            state if move is None else state + next(left)
            for state, move in zip(after, in_order, strict=True)
        )
        gates = activations[: len(equations.gates)]
        return after, (*held(gates, map(ops.zeros_like, gates), step.valid), *after)

    names = (*equations.gates, *equations.states)
    finals, steps = scan(
        body,
        states,
        present(project(inputs, projection), *in_time.masks, *in_order),
        collected=len(names),
    )
    turned = (ops.swapaxes(step, 0, 1) for step in steps)
    return finals, dict(zip(names, turned, strict=True))


def _turned(steps: Tensor, go_backwards: bool) -> Tensor:
    return ops.flip(steps, axis=1) if go_backwards else steps


_current = local()
