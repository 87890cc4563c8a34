"""Several steps of training in one compiled program."""

import functools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import keras
from keras import ops

from keras_gated import _keras_trainer
from keras_gated._types import Tensor
from keras_gated.training._batch_groups import Group, Groups, batch_of

AnyModel = TypeVar("AnyModel", bound=keras.Model)
Step = Callable[[Any, Any], tuple[Any, Any]]
"""`train_step` or `test_step` on JAX: a state and a batch to logs and a state."""


def scan_steps(model: AnyModel) -> AnyModel:
    """Compiles `steps_per_execution` steps of a model into one program, on JAX.

    What a small model computes in a step takes less time than to start it. With
    `compile(steps_per_execution=n)` TensorFlow starts one program for n steps, and so
    does JAX from Keras 3.16 on. With Keras 3.15 on JAX, n steps are n programs; after
    `scan_steps` they are one, in `fit` and in `evaluate`:

    ```python
    model.compile("rmsprop", "mse", steps_per_execution=32)
    scan_steps(model)
    model.fit(x, y)
    ```

    The numbers are those of `fit` without it, but for rounding. Callbacks are called
    once for n batches, as Keras does it everywhere, and at the same epochs as before;
    Ctrl-C waits for the end of the program. It takes batches of different shapes in any
    order, each shape with a part of the program of its own. If n does not divide the
    batches of an epoch, the last, shorter program is compiled besides. The n batches
    are in memory together.

    It changes this object only, for good, and nothing that is saved of it: call it
    again for a model that was loaded. It does nothing where it serves nothing: on
    TensorFlow and PyTorch, with Keras 3.16, without `steps_per_execution`, without
    `jit_compile`, under a `keras.distribution` and with Flax' NNX.

    Args:
        model: Any Keras model, compiled or not.

    Returns:
        The model itself.

    Raises:
        ValueError: If `model` is no Keras model. In `fit`, if batches differ in more
            than their shapes, or are sparse.

    Examples:
        >>> import keras
        >>> import numpy as np
        >>> from keras_gated.training import scan_steps
        >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        >>> steps = 1 if keras.backend.backend() == "torch" else 4
        >>> model.compile("sgd", "mse", steps_per_execution=steps)
        >>> x, y = np.ones((10, 3)), np.ones((10, 1))
        >>> history = scan_steps(model).fit(x, y, batch_size=1, verbose=0)
        >>> int(model.optimizer.iterations)
        10
    """
    if not isinstance(model, keras.Model):
        raise ValueError(f"scan_steps needs a keras.Model. Received: {model!r}")
    if keras.backend.backend() == "jax" and not _keras_trainer.stacks_batches():
        for kind in ("train", "test"):
            make = functools.partial(_make_function, model, kind)
            setattr(model, _keras_trainer.maker(kind), make)
    return model


def _make_function(
    model: keras.Model, kind: _keras_trainer.Kind, force: bool = False
) -> None:
    """Stands in for `model.make_train_function` and `model.make_test_function`."""
    if getattr(model, f"{kind}_function") is not None and not force:
        return
    if not _serves(model):
        _keras_trainer.make_function(model, kind)
        return
    groups = Groups(model.steps_per_execution)
    step = getattr(model, f"{kind}_step")
    with (
        _keras_trainer.replaced(model, f"{kind}_step", _scanned(step)),
        _keras_trainer.replaced(model, "steps_per_execution", 1),
    ):
        _keras_trainer.make_function(model, kind)
    one = getattr(model, f"{kind}_function")

    def several(state: Any, batches: Iterator[Any]) -> tuple[Any, Any]:
        return one(state, iter([groups.take(batches)]))

    setattr(model, f"{kind}_function", several)


def _serves(model: keras.Model) -> bool:
    return (
        model.steps_per_execution > 1
        and model.jit_compile
        and not model.run_eagerly
        and keras.distribution.distribution() is None
        and _keras_trainer.takes_steps_from_model()
    )


def _scanned(step: Step) -> Step:
    """The step over all batches of a group; its logs are those of the last one."""

    def steps(state: Any, group: Group) -> tuple[Any, Any]:
        def on(form: Any, state: Any, row: Any) -> tuple[Any, Any]:
            return step(state, batch_of(form, row))

        def one(state: Any, batch: tuple[Tensor, Any]) -> tuple[Any, Any]:
            number, row = batch
            branches = [functools.partial(on, form) for form in group.forms]
            logs, state = ops.switch(number, branches, state, row)
            return state, logs

        state, logs = ops.scan(one, state, (group.numbers, group.rows))
        return keras.tree.map_structure(lambda values: values[-1], logs), state

    return steps
