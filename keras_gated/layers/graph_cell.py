"""One step of a recurrent cell that is given as a graph."""

from typing import Any

import keras
from keras import ops

from keras_gated._types import Shape, Tensor
from keras_gated.graphs import CellGraph, Node
from keras_gated.layers._gated import GatedCell
from keras_gated.recurrence import equations

INPUT = "x"

IN_THE_GRAPH = ("activation", "recurrent_activation")
"""Arguments of other cells whose place the graph takes."""


@keras.saving.register_keras_serializable(package="keras_gated")
class GraphCell(GatedCell):
    """One step of `GraphRNN`, for `keras.layers.RNN` and `StackedRNNCells`.

    Args:
        units: Number of units.
        graph: What a step computes: a `keras_gated.graphs.CellGraph`, or its config.
        **kwargs: All other arguments of `GRUCell` but `reset_after`, `activation` and
            `recurrent_activation`, which are in the graph.

    Call arguments:
        - `inputs`: `(batch, features)`.
        - `states`: The states of the step before, each `(batch, units)`; a single one
              alone or in a list.
        - `training`: Whether dropout and zoneout are drawn.

    Raises:
        ValueError: If `units` is not positive, `graph` is none, or an activation is
            given.

    Examples:
        >>> import keras
        >>> from keras_gated.graphs import KNOWN_CELLS
        >>> from keras_gated.layers import GraphCell
        >>> cell = GraphCell(4, KNOWN_CELLS["mut1"])
        >>> layer = keras.layers.RNN(cell, return_sequences=True)
        >>> tuple(layer(keras.ops.ones((2, 5, 3))).shape)
        (2, 5, 4)

    Reference:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network
        architectures", section 3.1, for cells as graphs.
    """

    equations_class = equations.Graph

    def __init__(
        self, units: int, graph: CellGraph | dict[str, Any], **kwargs: Any
    ) -> None:
        for name in IN_THE_GRAPH:
            if name in kwargs:
                raise ValueError(
                    f"{type(self).__name__} has its activations in the graph. Received "
                    f"{name}={kwargs[name]!r}: write them as nodes, or leave it out."
                )
        super().__init__(units, **kwargs)
        self.graph = graph if isinstance(graph, CellGraph) else _from_config(graph)
        if len(self.graph.states) > 1:
            self.state_size = [units] * len(self.graph.states)

    @property
    def step_equations(self) -> equations.Graph:
        return equations.Graph(graph=self.graph)

    def kernel_blocks_for(self, features: int | None) -> int:
        blocks = len(self.graph.input_blocks)
        is_as_it_is = INPUT in self.graph.input_blocks and features == self.units
        return blocks - 1 if is_as_it_is else blocks

    def build(self, input_shape: Shape) -> None:
        self.recurrent_blocks = len(self.graph.recurrent_nodes)
        self.bias_blocks = len(self.graph.biased_nodes)
        super().build(input_shape)

    def projection(self) -> tuple[Tensor, ...]:
        names = self.graph.input_blocks
        blocks = self._kernel_blocks(names)
        kernel = ops.concatenate(blocks, axis=1)
        biases = self._biases()
        if not any(name in biases for name in names):
            return (kernel,)
        nothing = ops.zeros_like(blocks[0][0])
        return kernel, ops.concatenate([biases.get(name, nothing) for name in names])

    def _kernel_blocks(self, names: tuple[str, ...]) -> list[Tensor]:
        """The blocks of `kernel`, the identity where the inputs stay as they are."""
        blocks: list[Tensor] = []
        if self.kernel is not None:
            kernel = ops.convert_to_tensor(self.kernel)
            blocks = list(ops.split(kernel, kernel.shape[1] // self.units, axis=1))
        if len(blocks) < len(names):
            identity = ops.eye(self.units, dtype=self.compute_dtype)
            blocks.insert(names.index(INPUT), identity)
        return blocks

    def _biases(self) -> dict[str, Tensor]:
        """The bias of each linear node that has one."""
        if self.bias is None:
            return {}
        nodes = self.graph.biased_nodes
        blocks = ops.split(ops.convert_to_tensor(self.bias), len(nodes))
        return dict(zip((node.name for node in nodes), blocks, strict=True))

    def recurrent_weights(self) -> tuple[Tensor, ...]:
        nodes = self.graph.recurrent_nodes
        if not nodes:
            return ()
        # Put together here, once, and not in every step.
        kernel = ops.convert_to_tensor(self.recurrent_kernel)
        blocks = ops.split(kernel, len(nodes), axis=1)
        kernels = {
            node.name: self._with_diagonal(node, block)
            for node, block in zip(nodes, blocks, strict=True)
        }
        biases = self._biases()
        nothing = ops.zeros_like(kernel[0, : self.units])
        weights: list[Tensor] = []
        for _, group in self.step_equations.recurrent_groups:
            names = [node.name for node in group]
            weights.append(ops.concatenate([kernels[name] for name in names], axis=1))
            if any(node.bias for node in group):
                parts = [biases.get(name, nothing) for name in names]
                weights.append(ops.concatenate(parts))
        return tuple(weights)

    def _with_diagonal(self, node: Node, block: Tensor) -> Tensor:
        if not node.diagonal:
            return block
        return block + node.diagonal * ops.eye(self.units, dtype=block.dtype)

    def get_initial_state(self, batch_size: int | None = None) -> list[Tensor]:
        return [
            ops.zeros((batch_size, self.units), dtype=self.compute_dtype)
            for _ in self.graph.states
        ]

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        for name in IN_THE_GRAPH:
            del config[name]
        return {**config, "graph": self.graph.get_config()}


def _from_config(config: Any) -> CellGraph:
    return CellGraph.from_config(config)
