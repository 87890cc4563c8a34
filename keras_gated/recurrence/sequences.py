"""Masks, direction and layout around the loop over time, the same on every backend."""

from collections.abc import Iterator, Sequence

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._shapes import agreed, matched
from keras_gated.recurrence.backend import own_dtype, uncompiled
from keras_gated.recurrence.choice import loop_for
from keras_gated.recurrence.equations import Equations
from keras_gated.recurrence.observed import Observer
from keras_gated.recurrence.operands import Operands


@uncompiled
def run(
    equations: Equations,
    sequences: Tensor,
    initial_states: Sequence[Tensor],
    projection: Tensors,
    weights: Tensors,
    *,
    dropout_mask: Tensor | None = None,
    zoneout: Tensors = (),
    mask: Tensor | None = None,
    go_backwards: bool = False,
    zero_output_for_mask: bool = False,
    return_sequences: bool = True,
    checkpoint_steps: int | None = None,
    name: str = "",
) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Runs the equations of a step over a batch of sequences.

    A masked step leaves the states as they were and repeats the output before it
    (the first initial state where there is none), whatever its input holds.

    Args:
        equations: Those of a step.
        sequences: `(batch, time, features)`.
        initial_states: Tensors `(batch, units)`, the output first.
        projection: The kernel that projects the inputs, and the bias if there is one.
        weights: The weights that a step reads.
        dropout_mask: Mask `(batch, units)` of the recurrent dropout; where it acts is
            the business of the equations. `(time, batch, units)` if that is the
            candidate.
        zoneout: For `Zoneout` booleans `(time, batch, units)` for each state,
            `True` where a step leaves it as it was. Without them it is at inference.
        mask: Booleans `(batch, time)`, `False` where a step is to be skipped.
        go_backwards: Whether to start at the last step. Outputs come in the order in
            which they are computed.
        zero_output_for_mask: Whether masked steps put out zeros instead.
        return_sequences: Whether all outputs are wanted, or the last one only.
        checkpoint_steps: Every how many steps the states are kept for the derivative,
            everything between them being computed anew. `None` keeps all that it
            needs. For the hand-written loop only.
        name: The name under which an `Observer` sees the steps.

    Returns:
        The last output `(batch, units)`; all outputs `(batch, time, units)`, or the
        last one with a time axis of 1; the list of final states.

    Raises:
        ValueError: If the tensors have not the shapes that they have above.
    """
    agreed(
        _named(sequences, initial_states, projection, mask, dropout_mask, zoneout),
        where=f"the recurrent layer {name!r}",
    )
    inputs = sequences
    valid = None if mask is None else matched(_by_step(mask), inputs)
    if go_backwards:
        inputs = ops.flip(inputs, axis=1)
        valid = None if valid is None else ops.flip(valid, axis=1)
    if valid is not None:
        inputs = ops.where(valid, inputs, ops.zeros_like(inputs))

    operands = Operands(
        inputs,
        tuple(matched(state, inputs[:, 0]) for state in initial_states),
        projection,
        weights,
        None if valid is None else ops.squeeze(valid, -1),
        dropout_mask if dropout_mask is None else _batch_first(dropout_mask),
        tuple(map(_batch_first, zoneout)),
    )
    observer = Observer.current()
    with own_dtype(sequences):
        if observer is not None:
            states, outputs = observer.run(name, equations, operands, go_backwards)
        else:
            states, outputs = loop_for(equations, operands).run(
                operands,
                checkpoint_steps=checkpoint_steps,
                return_sequences=return_sequences,
            )
    last_output = states[0]
    if zero_output_for_mask and valid is not None:
        last_output = _zero_masked(valid[:, -1], last_output)
        outputs = outputs if outputs is None else _zero_masked(valid, outputs)
    if not return_sequences:
        outputs = ops.expand_dims(last_output, 1)
    return last_output, outputs, list(states)


def _named(
    sequences: Tensor,
    initial_states: Sequence[Tensor],
    projection: Tensors,
    mask: Tensor | None,
    dropout_mask: Tensor | None,
    zoneout: Tensors,
) -> Iterator[tuple[str, str, Tensor]]:
    """The tensors with their names and axes."""
    # What was built comes first, what it is called with is blamed.
    yield from zip(("kernel", "bias"), ("dp", "p"), projection, strict=False)
    yield "sequences", "btd", sequences
    for state in initial_states:
        yield "initial_state", "bh", state
    if mask is not None:
        yield "mask", "bt", mask
    if dropout_mask is not None:
        by_step = len(dropout_mask.shape) == 3
        yield "dropout mask", "tbh" if by_step else "bh", dropout_mask
    for held in zoneout:
        yield "zoneout mask", "tbh", held


def _by_step(mask: Tensor) -> Tensor:
    """`(batch, time)` to booleans `(batch, time, 1)`."""
    return ops.expand_dims(ops.cast(mask, "bool"), -1)


def _batch_first(mask: Tensor) -> Tensor:
    """`(time, batch, units)` to `(batch, time, units)`; `(batch, units)` stays."""
    return ops.swapaxes(mask, 0, 1) if len(mask.shape) == 3 else mask


def _zero_masked(valid: Tensor, outputs: Tensor) -> Tensor:
    return ops.where(valid, outputs, ops.zeros_like(outputs))
