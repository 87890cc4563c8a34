"""What wrappers that run a layer with other weights than its own have in common."""

import inspect
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from keras_gated import recurrence
from keras_gated.types import Shape, Tensor


class KernelWrapper(keras.layers.Wrapper):
    """Runs a layer with values in place of some of its weights.

    The weights keep their own values, and the gradient flows to them through those
    that `replacements` makes of them, once per call.

    Args:
        layer: Any Keras layer.
        weight_names: The names of the weights to replace, in this layer or in the
            layers inside it.
        **kwargs: `name`, `dtype` and `trainable`, as in every Keras layer.

    Raises:
        ValueError: If a name is no name, or the layer contains a wrapper that must be
            around this one; on building, if the layer has no weight of these names.
    """

    must_be_outermost = False
    """Whether no other such wrapper may be around this one."""

    def __init__(self, layer: Any, weight_names: Sequence[str], **kwargs: Any) -> None:
        # Without autocasting the weights are read in full precision here; the wrapped
        # layer casts what replaces them as it casts its own.
        super().__init__(layer, autocast=False, **kwargs)
        self.weight_names = _checked(weight_names, type(self).__name__)
        for inside in layer._flatten_layers():
            if isinstance(inside, KernelWrapper) and inside.must_be_outermost:
                outer, inner = type(self).__name__, type(inside).__name__
                raise ValueError(
                    f"{outer} around the {inner} {inside.name!r} would change weights "
                    f"before they are normalised. Put it inside: {inner}({outer}(...))."
                )
        self.supports_masking = layer.supports_masking
        self._layer_takes_mask = "mask" in inspect.signature(layer.call).parameters

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        if not self.replaced_variables():
            raise ValueError(
                f"{type(self).__name__} acts on weights named "
                f"{' or '.join(self.weight_names)}. The layer {self.layer.name!r} of "
                f"type {type(self.layer).__name__} has none; its weights are "
                f"{[weight.path for weight in self.layer.weights]}."
            )

    def replaced_variables(self) -> list[Any]:
        """The weights that the layer does not read as they are."""
        return [v for v in self.layer.variables if v.name in self.weight_names]

    @abstractmethod
    def replacements(self, training: bool) -> Mapping[int, Tensor]:
        """What the layer reads instead, by the `id` of the variable; may be empty."""

    @recurrence.uncompiled
    def call(
        self,
        inputs: Any,
        training: bool = False,
        mask: Any = None,
        **kwargs: Any,
    ) -> Any:
        if self._layer_takes_mask:
            kwargs["mask"] = mask
        replacements = self.replacements(training)
        if not replacements:
            return self.layer(inputs, **kwargs)

        values = {id(v): ops.convert_to_tensor(v) for v in self.layer.variables}
        values.update(replacements)
        scope = keras.StatelessScope(
            [(v, values[id(v)]) for v in self.layer.variables], collect_losses=True
        )
        with scope:
            outputs = self.layer(inputs, **kwargs)
        # A frozen weight is not trainable either, and keeps its own value.
        for variable in self.layer.non_trainable_variables:
            if id(variable) not in replacements:
                variable.assign(scope.get_current_value(variable))
        # The wrapped layer is the owner of its losses where a scope collects them.
        outer = scope.original_scope
        for loss in scope.losses:
            (self if outer is None else outer).add_loss(loss)
        return outputs

    def inference_layer(self) -> Any:
        """The layer that computes without this wrapper what it does at inference."""
        return self.layer

    def compute_output_shape(self, input_shape: Shape) -> Any:
        return self.layer.compute_output_shape(input_shape)

    def compute_output_spec(
        self, inputs: Any, training: bool = False, mask: Any = None, **kwargs: Any
    ) -> Any:
        return self.layer.compute_output_spec(inputs, **kwargs)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        return self.layer.compute_mask(inputs, previous_mask)


class RandomKernelWrapper(KernelWrapper):
    """A `KernelWrapper` that draws in training and does nothing at inference.

    Args:
        layer: As for `KernelWrapper`.
        weight_names: As for `KernelWrapper`.
        seed: Seed of the draws.
        **kwargs: As for `KernelWrapper`.
    """

    def __init__(
        self,
        layer: Any,
        weight_names: Sequence[str],
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(layer, weight_names, **kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def save_own_variables(self, store: Any) -> None:
        super().save_own_variables(store)
        # Keras leaves random states out of its files. With it, training goes on from
        # a file with the draws it would have had.
        store["seed_state"] = self.seed_generator.state

    def load_own_variables(self, store: Any) -> None:
        weights = set(store.keys()) - {"seed_state"}
        super().load_own_variables({name: store[name] for name in weights})
        self.seed_generator.state.assign(store["seed_state"])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "seed": self.seed}


def inference_layer(layer: Any) -> Any:
    """The layer without such wrappers that computes the same at inference.

    It is the wrapped layer itself, or a copy with other weights if a wrapper replaces
    weights at inference, too.
    """
    while isinstance(layer, KernelWrapper):
        layer = layer.inference_layer()
    return layer


def _checked(names: Any, wrapper: str) -> tuple[str, ...]:
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise ValueError(
            f"{wrapper} needs a sequence of names of weights, such as "
            f"['recurrent_kernel']. Received weight_names={names!r}."
        )
    return tuple(names)
