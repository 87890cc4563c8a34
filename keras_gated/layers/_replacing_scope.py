"""Runs layers with other values in place of some variables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras

from keras_gated._types import Tensor


class ReplacingScope(keras.StatelessScope):
    """In this scope some variables have other values; all else is as outside of it.

    Other variables are read and assigned where they would be without the scope: in the
    scope around it, or in themselves. Losses are collected.

    Args:
        state_mapping: Pairs of a variable and what it is read as.

    Raises:
        ValueError: If one of these variables is assigned to in the scope.
    """

    def get_current_value(self, variable: Any) -> Tensor:
        if id(variable) in self.state_mapping:
            return self.state_mapping[id(variable)]
        with self._outside():
            return variable.value

    def add_update(self, update: tuple[Any, Tensor]) -> None:
        variable, value = update
        if id(variable) in self.state_mapping:
            raise ValueError(
                f"The wrapped layer assigns to {variable.path!r} in its call, of which "
                "the wrapper around it makes another weight: what is made would be "
                "kept. Wrap a layer that leaves this weight to the optimizer."
            )
        with self._outside():
            variable.assign(value)

    @contextmanager
    def _outside(self) -> Iterator[None]:
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()
