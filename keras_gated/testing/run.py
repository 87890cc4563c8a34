"""Runs the checks."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import keras

from keras_gated.testing import _checks, _weight_wrappers  # noqa: F401
from keras_gated.testing._backends import interpreted
from keras_gated.testing._subject import Factory, Subject
from keras_gated.testing.check import (
    CHECKS,
    WRAPPER_CHECKS,
    Check,
    NotApplicable,
    Tier,
)


def check_recurrent_layer(
    layer: Any,
    checks: Iterable[str] | None = None,
    tier: Tier = "quick",
) -> dict[str, str]:
    """Checks that a recurrent layer behaves as users of Keras expect.

    The layer is compared with its own cell, run step by step in Python, and with
    itself in other surroundings: that the cell computes the right equations is for a
    test of your own.

    Args:
        layer: A recurrent layer, or better a function that makes one from keyword
            arguments such as `return_sequences` and `dtype`: `functools.partial(GRU,
            5)`. From a layer its configuration is taken, not its weights. A wrapper
            that takes a recurrent layer as `layer` will do.
        checks: Names of the checks to run, of those in `CHECKS`. By default all of the
            tier.
        tier: `"quick"` takes about two seconds, and has JAX run its loops in Python.
            `"exhaustive"` has more checks, in processes of their own and with compiled
            loops, and takes up to a minute.

    Returns:
        The checks that did not apply, by their names, and why.

    Raises:
        AssertionError: If the layer fails a check. Says which one, what was expected
            and what came out. What else a check makes the layer raise is handed on
            with a note that names the check.
        ValueError: If there is no check of a name, or no such tier, or `layer` is
            neither a layer nor a function.

    Examples:
        >>> import functools, keras
        >>> from keras_gated.testing import check_recurrent_layer
        >>> make = functools.partial(keras.layers.GRU, 5)
        >>> check_recurrent_layer(make, checks=["masks", "streaming", "config"])
        {}
    """
    return _run(CHECKS, checks, tier, Subject.of(layer))


def check_weight_wrapper(
    wrapper: Factory,
    checks: Iterable[str] | None = None,
    tier: Tier = "quick",
) -> dict[str, str]:
    """Checks that a wrapper that changes a layer's weights goes with what Keras offers.

    With all that adds, swaps or shares weights: freezing, files, copies, quantization,
    low-rank updates, averages, statistics and states inside, both directions.

    Args:
        wrapper: A function of a layer, and of `trainable`, that wraps it. The wrapper
            must act on weights named `kernel`, and may not change at inference what a
            layer computes that it has been put around.
        checks: Names of the checks to run, of those in `WRAPPER_CHECKS`. By default all
            of the tier.
        tier: `"quick"` or `"exhaustive"`, which also exports a model.

    Returns:
        The checks that did not apply, by their names, and why.

    Raises:
        AssertionError: As `check_recurrent_layer` does.
        ValueError: If there is no check of a name, or no such tier, or `wrapper` is no
            function.

    Examples:
        >>> import functools
        >>> from keras_gated.layers import WeightNoise
        >>> from keras_gated.testing import check_weight_wrapper
        >>> check_weight_wrapper(functools.partial(WeightNoise, seed=3), ["frozen"])
        {}
    """
    if not callable(wrapper) or isinstance(wrapper, keras.layers.Layer):
        raise ValueError(
            "check_weight_wrapper needs a function that wraps a layer, such as "
            f"functools.partial(WeightNoise, seed=3). Received {wrapper!r}."
        )
    wrapped = wrapper(keras.layers.Dense(1))
    return _run(WRAPPER_CHECKS, checks, tier, Subject(wrapper, type(wrapped).__name__))


def _run(
    table: Mapping[str, Check],
    checks: Iterable[str] | None,
    tier: Tier,
    subject: Subject,
) -> dict[str, str]:
    if tier not in ("quick", "exhaustive"):
        raise ValueError(f'tier must be "quick" or "exhaustive". Received {tier!r}.')
    chosen = [c.name for c in table.values() if tier in ("exhaustive", c.tier)]
    names = chosen if checks is None else list(checks)
    unknown = [name for name in names if name not in table]
    if unknown:
        raise ValueError(f"There are no checks {unknown}, only {list(table)}.")
    not_applicable = {}
    for name in names:
        try:
            run_check(table[name], subject, tier)
        except NotApplicable as reason:
            not_applicable[name] = str(reason)
    return not_applicable


def run_check(check: Check, subject: Subject, tier: Tier) -> None:
    """Runs one check, from a fixed seed."""
    loops = interpreted() if tier == "quick" else nullcontext()
    with _Named(check, subject), loops:
        keras.utils.set_random_seed(1412)
        check.function(subject)


@dataclass(frozen=True)
class _Named:
    """Says in which check of which layer something was raised."""

    check: Check
    subject: Subject

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        where = (
            f"{self.subject.name} fails the check {self.check.name!r} on "
            f"{keras.backend.backend()}: {self.check.description}"
        )
        if isinstance(error, AssertionError):
            raise AssertionError(f"{where}\n{error}") from error
        if error is not None and not isinstance(error, NotApplicable):
            error.add_note(where)
