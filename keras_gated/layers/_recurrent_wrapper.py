"""A wrapper that is a recurrent layer if the layer inside is one."""

import copy
from typing import Any

import keras


class _OfLayer:
    """An attribute that is the one of the layer inside."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, wrapper: Any, owner: type) -> Any:
        return self if wrapper is None else getattr(wrapper.layer, self.name)

    def __set__(self, wrapper: Any, value: Any) -> None:
        setattr(wrapper.layer, self.name, value)


class RecurrentWrapper(keras.layers.Wrapper):
    """Has what Keras asks a recurrent layer for, if the layer inside has it.

    So `keras.layers.Bidirectional` takes it, whose second layer it makes by the config
    of the first with another `go_backwards`.
    """

    go_backwards = _OfLayer()
    return_sequences = _OfLayer()
    return_state = _OfLayer()
    stateful = _OfLayer()
    zero_output_for_mask = _OfLayer()
    states = _OfLayer()

    def reset_state(self) -> None:
        """Sets the states of a stateful layer back to where they start."""
        self.layer.reset_state()

    def reset_states(self) -> None:
        """The same as `reset_state`."""
        self.layer.reset_states()

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        # Keras' own takes the layer out of the caller's config.
        config = dict(config)
        if "go_backwards" in config:
            config = cls.backwards_config(config, config.pop("go_backwards"))
        return super().from_config(config, custom_objects)

    @classmethod
    def backwards_config(
        cls, config: dict[str, Any], go_backwards: bool
    ) -> dict[str, Any]:
        """The config of a wrapper around a layer of that direction."""
        config = copy.deepcopy(config)
        config["layer"]["config"]["go_backwards"] = go_backwards
        return config
