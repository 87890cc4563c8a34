"""A recurrent layer whose cell is given as a graph."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_gated._types import (
    ConstraintLike,
    InitializerLike,
    RegularizerLike,
)
from keras_gated.graphs import CellGraph
from keras_gated.layers._keras_arguments import by_owner
from keras_gated.layers.graph_cell import GraphCell
from keras_gated.layers.recurrent_layer import RecurrentLayer
from keras_gated.recurrence import equations


@keras.saving.register_keras_serializable(package="keras_gated")
class GraphRNN(RecurrentLayer):
    """Any recurrent cell that can be written as a graph of a few operations.

    The graph says which vectors a step computes, of sums, differences, products,
    activations and matrices; `keras_gated.graphs` has those of known cells, and a
    search among others. Whatever it is, the layer has masks, directions, states,
    dropout, zoneout, `Bidirectional`, mixed precision and files as all layers here. The
    backend differentiates the loop.

    Weights, where m linear nodes of the graph read the inputs, k others do not, and l
    have biases: `kernel` (features, m units), `recurrent_kernel` (units, k units) and
    `bias` (l units,), with a block of columns for each in the order of the nodes. If
    other nodes read the inputs, they need as many features as units; inputs of another
    size are projected for them by one more block of `kernel`, in the place of the first
    of these nodes. A weight that would have no block is missing.

    Args:
        units: Number of units.
        graph: What a step computes: a `keras_gated.graphs.CellGraph`, or its config.
        use_bias: Whether linear nodes have the biases that the graph gives them.
        recurrent_dropout: Share of the entries to drop of all that meets a square
            matrix.
        zoneout: As in all recurrent layers, one number or one for each state.
        **kwargs: All other arguments of `GRU` but `reset_after`, `activation` and
            `recurrent_activation`, which are in the graph, and `checkpoint_steps`.

    Call arguments:
        - `sequences`: `(batch, time, features)`, at least one time step.
        - `initial_state`: The states to start from, in the order of the graph, each
              `(batch, units)`. Zeros by default.
        - `mask`: Booleans `(batch, time)`; where `False` the step is skipped.
        - `training`: Whether dropout and zoneout are drawn.

    Call returns:
        `(batch, units)`, or `(batch, time, units)` with `return_sequences`. With
        `return_state` followed by the final states, each `(batch, units)`. Everything
        in the compute dtype of the layer.

    Raises:
        ValueError: As `GRU`, or if `graph` is none.

    Examples:
        >>> import keras
        >>> from keras_gated.graphs import KNOWN_CELLS, mutate
        >>> from keras_gated.layers import GRU, GraphRNN
        >>> ours, graph = GRU(4), GraphRNN(4, KNOWN_CELLS["gru"])
        >>> x = keras.random.normal((2, 5, 3), seed=1)
        >>> _ = ours(x), graph(x)
        >>> graph.set_weights(ours.get_weights())
        >>> bool(keras.ops.max(keras.ops.abs(ours(x) - graph(x))) < 1e-6)
        True
        >>> child = GraphRNN(4, mutate(KNOWN_CELLS["gru"], seed=3))
        >>> print(child.graph)
        ... # doctest: +ELLIPSIS
        n17 = relu(W0 x)
        ...

    Reference:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network
        architectures", section 3.1, for cells as graphs.
    """

    def __init__(
        self,
        units: int,
        graph: CellGraph | dict[str, Any],
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        recurrent_initializer: InitializerLike = "orthogonal",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        recurrent_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        activity_regularizer: RegularizerLike = None,
        kernel_constraint: ConstraintLike = None,
        recurrent_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        checkpoint_steps: int | None = None,
        recurrent_dropout_form: equations.DropoutForm = "gal",
        zoneout: float | Sequence[float] = 0.0,
        **kwargs: Any,
    ) -> None:
        cell, layer = by_owner(locals())
        super().__init__(GraphCell(**cell, name="cell"), **layer)

    @property
    def graph(self) -> CellGraph:
        """What a step computes."""
        graph: CellGraph = self.cell.graph
        return graph
