"""Masks, direction and layout around the loop over time, the same on every backend."""

from collections.abc import Callable, Sequence

from keras import ops

from keras_gated.recurrence.backend import scan
from keras_gated.types import Body, Step, Tensor


def run(
    project: Callable[[Tensor], Tensor],
    step: Step,
    sequences: Tensor,
    initial_states: Sequence[Tensor],
    *,
    mask: Tensor | None = None,
    go_backwards: bool = False,
    zero_output_for_mask: bool = False,
    return_sequences: bool = True,
) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Runs a cell over a batch of sequences.

    A masked step leaves the states as they were and repeats the output before it
    (the first initial state where there is none), whatever its input holds.

    Args:
        project: Projection of all inputs at once, see the package's contract.
        step: One step of the cell on projected inputs.
        sequences: `(batch, time, features)`.
        initial_states: Tensors `(batch, units)`, the output first.
        mask: Booleans `(batch, time)`, `False` where a step is to be skipped.
        go_backwards: Whether to start at the last step. Outputs come in the order in
            which they are computed.
        zero_output_for_mask: Whether masked steps put out zeros instead.
        return_sequences: Whether all outputs are wanted, or the last one only.

    Returns:
        The last output `(batch, units)`; all outputs `(batch, time, units)`, or the
        last one with a time axis of 1; the list of final states.
    """
    inputs = ops.swapaxes(sequences, 0, 1)
    valid = None if mask is None else _time_major_mask(mask)
    if go_backwards:
        inputs = ops.flip(inputs, axis=0)
        valid = None if valid is None else ops.flip(valid, axis=0)
    if valid is not None:
        inputs = ops.where(valid, inputs, ops.zeros_like(inputs))

    states, outputs = scan(
        _body(step, masked=valid is not None),
        tuple(initial_states),
        (project(inputs),) if valid is None else (project(inputs), valid),
        stack=return_sequences,
    )
    last_output = states[0]
    if zero_output_for_mask and valid is not None:
        last_output = _zero_masked(valid[-1], last_output)
        outputs = outputs if outputs is None else _zero_masked(valid, outputs)
    if outputs is None:
        return last_output, ops.expand_dims(last_output, 1), list(states)
    return last_output, ops.swapaxes(outputs, 0, 1), list(states)


def _body(step: Step, masked: bool) -> Body:
    """The loop's body: `step`, or `step` held back where the mask is `False`."""

    def plain(
        states: tuple[Tensor, ...], current: tuple[Tensor, ...]
    ) -> tuple[Tensor, ...]:
        return step(current[0], states)

    def held(
        states: tuple[Tensor, ...], current: tuple[Tensor, ...]
    ) -> tuple[Tensor, ...]:
        projected, valid = current
        following = step(projected, states)
        return tuple(
            ops.where(valid, new, old)
            for new, old in zip(following, states, strict=True)
        )

    return held if masked else plain


def _time_major_mask(mask: Tensor) -> Tensor:
    """`(batch, time)` to booleans `(time, batch, 1)`."""
    if len(mask.shape) != 2:
        raise ValueError(
            "The mask of a recurrent layer must have the shape (batch, time). "
            f"Received a mask of shape {tuple(mask.shape)}."
        )
    return ops.expand_dims(ops.transpose(ops.cast(mask, "bool")), -1)


def _zero_masked(valid: Tensor, outputs: Tensor) -> Tensor:
    return ops.where(valid, outputs, ops.zeros_like(outputs))
