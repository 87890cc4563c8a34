"""The arguments and attributes of Keras' recurrent layers, where ours have them."""

from typing import Any, Literal

from keras_gated._types import Shape
from keras_gated.layers._stateful import CarriesStates

UseCudnn = bool | Literal["auto"]


OF_THE_LAYER = (
    "activity_regularizer",
    "checkpoint_steps",
    "go_backwards",
    "return_sequences",
    "return_state",
    "stateful",
    "unroll",
    "use_cudnn",
    "zero_output_for_mask",
)
"""The arguments of a recurrent layer that say how its cell is run."""


def by_owner(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Divides what a layer was given between its cell and `RecurrentLayer`.

    So a constructor names its arguments, with their types and defaults and in the order
    of Keras, and does not hand on each of them by hand.

    Args:
        given: `locals()` in the first line of a constructor, which ends in `**kwargs`.
            What is in there goes to the layer, but for what a cell needs, too.
    """
    own = {**given}
    others = own.pop("kwargs")
    for name in ("self", "__class__"):
        del own[name]
    layer = {name: own.pop(name) for name in OF_THE_LAYER if name in own}
    shared = {"dtype": others.get("dtype"), "trainable": others.get("trainable", True)}
    return {**own, **shared}, {**layer, **others}


def without_implementation(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments but `implementation`, which chooses a way among one here.

    Raises:
        ValueError: If it is none of those that Keras has had.
    """
    others = dict(arguments)
    implementation = others.pop("implementation", 2)
    if implementation not in (0, 1, 2):
        raise ValueError(
            f"{name} needs 0, 1 or 2 for implementation, which changes nothing here. "
            f"Received implementation={implementation!r}."
        )
    return others


def _of_cell(name: str) -> Any:
    return property(lambda layer: getattr(layer.cell, name))


class KerasArguments(CarriesStates):
    """A layer around a cell that looks like those of Keras from outside.

    Args:
        cell: The cell.
        use_cudnn: Of the layers for which Keras has it: "auto", `False` or `True`.
        **kwargs: All other arguments of `keras.layers.RNN`, and `implementation`.

    Raises:
        ValueError: If `implementation` or `use_cudnn` is unknown; on building, if
            `use_cudnn` is `True`.
    """

    units = _of_cell("units")
    activation = _of_cell("activation")
    recurrent_activation = _of_cell("recurrent_activation")
    use_bias = _of_cell("use_bias")
    unit_forget_bias = _of_cell("unit_forget_bias")
    reset_after = _of_cell("reset_after")
    kernel_initializer = _of_cell("kernel_initializer")
    recurrent_initializer = _of_cell("recurrent_initializer")
    bias_initializer = _of_cell("bias_initializer")
    kernel_regularizer = _of_cell("kernel_regularizer")
    recurrent_regularizer = _of_cell("recurrent_regularizer")
    bias_regularizer = _of_cell("bias_regularizer")
    kernel_constraint = _of_cell("kernel_constraint")
    recurrent_constraint = _of_cell("recurrent_constraint")
    bias_constraint = _of_cell("bias_constraint")
    dropout = _of_cell("dropout")
    recurrent_dropout = _of_cell("recurrent_dropout")

    def __init__(
        self, cell: Any, use_cudnn: UseCudnn | None = None, **kwargs: Any
    ) -> None:
        name = type(self).__name__
        super().__init__(cell, **without_implementation(name, kwargs))
        if use_cudnn is None:
            return
        if use_cudnn not in ("auto", True, False):
            raise ValueError(
                f"{name} needs 'auto', True or False for use_cudnn. Received "
                f"use_cudnn={use_cudnn!r}."
            )
        self.use_cudnn = use_cudnn

    def build(self, sequences_shape: Shape, initial_state_shape: Any = None) -> None:
        if getattr(self, "use_cudnn", None) is True:
            raise ValueError(
                f"{type(self).__name__} {self.name!r} has use_cudnn=True, and no loop "
                "of it is cuDNN's. Leave the argument out; layer.recurrence says which "
                "loop it takes."
            )
        super().build(sequences_shape, initial_state_shape)
