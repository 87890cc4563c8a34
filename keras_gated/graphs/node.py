"""The nodes of a graph, and what they compute."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

INPUT = "x"
"""The name of the inputs of a step."""

LINEAR = "linear"
ACTIVATIONS = ("tanh", "sigmoid", "relu")
ELEMENTWISE = ("add", "subtract", "multiply")

OPERATIONS: Mapping[str, int] = {
    LINEAR: 1,
    **dict.fromkeys(ACTIVATIONS, 1),
    **dict.fromkeys(ELEMENTWISE, 2),
}
"""What a node may compute, and of how many inputs."""

LARGEST = 1e6

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True)
class Node:
    """One operation of a graph.

    Args:
        name: What others call it: a letter, then letters, digits and underscores, 64 at
            most.
        operation: One of `OPERATIONS`: `"linear"`, a matrix of its own and a bias;
            `"tanh"`, `"sigmoid"` and `"relu"`; `"add"`, `"subtract"` and `"multiply"`,
            element by element.
        inputs: The names of what it reads: nodes, states, or `"x"`.
        diagonal: Of `"linear"`: a number that is added on the diagonal of its matrix.
        bias: Of `"linear"`: whether it has a bias.

    Raises:
        ValueError: If one of these is something else.

    Examples:
        >>> from keras_gated.graphs import Node
        >>> Node("gate", "sigmoid", ("sum",))
        Node(name='gate', operation='sigmoid', inputs=('sum',), diagonal=0.0, bias=True)
        >>> Node("gate", "sigmoid", ("a", "b"))
        Traceback (most recent call last):
        ...
        ValueError: Node 'gate' computes sigmoid of 1 input. Received: ('a', 'b').
    """

    name: str
    operation: str
    inputs: tuple[str, ...]
    diagonal: float = 0.0
    bias: bool = True

    def __post_init__(self) -> None:
        check_name(self.name, "A node")
        if self.name == INPUT:
            raise ValueError(f"{INPUT!r} are the inputs; no node may have that name.")
        if not isinstance(self.operation, str) or self.operation not in OPERATIONS:
            raise ValueError(
                f"Node {self.name!r} has the unknown operation "
                f"{str(self.operation)[:40]!r}. There are: {', '.join(OPERATIONS)}."
            )
        object.__setattr__(self, "inputs", tuple(self.inputs))
        count = OPERATIONS[self.operation]
        if len(self.inputs) != count:
            raise ValueError(
                f"Node {self.name!r} computes {self.operation} of {count} "
                f"input{'s' if count > 1 else ''}. Received: {self.inputs[:4]}."
            )
        for name in self.inputs:
            check_name(name, f"An input of node {self.name!r}")
        if not _is_small_number(self.diagonal) or not isinstance(self.bias, bool):
            raise ValueError(
                f"Node {self.name!r} needs a number from {-LARGEST:g} to {LARGEST:g} "
                "for diagonal and True or False for bias. Received diagonal="
                f"{str(self.diagonal)[:40]}, bias={str(self.bias)[:40]}."
            )
        object.__setattr__(self, "diagonal", float(self.diagonal))
        if not self.is_linear and (self.diagonal or not self.bias):
            raise ValueError(
                f"Node {self.name!r} computes {self.operation}, which has no diagonal "
                "and no bias to leave out; they are of linear."
            )

    @property
    def is_linear(self) -> bool:
        """Whether it has weights."""
        return self.operation == LINEAR

    @property
    def is_activation(self) -> bool:
        """Whether it is an activation without weights."""
        return self.operation in ACTIVATIONS

    def get_config(self) -> dict[str, Any]:
        """What JSON holds of it, but its name."""
        config: dict[str, Any] = {
            "operation": self.operation,
            "inputs": list(self.inputs),
        }
        if self.is_linear:
            config |= {"diagonal": self.diagonal, "bias": self.bias}
        return config


def _is_small_number(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and -LARGEST <= value <= LARGEST


def check_name(name: Any, what: str) -> None:
    """Raises a `ValueError` unless something may be called so."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(
            f"{what} has a name of a letter, then letters, digits and underscores, 64 "
            f"at most. Received {str(name)[:80]!r}."
        )
