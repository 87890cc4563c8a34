"""The tanh unit."""

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import matmul
from keras_gated.recurrence.equations.base import (
    EquationsWithDerivative,
    drop,
    product_gradient,
)


class SimpleRNN(EquationsWithDerivative):
    """States: the output. Weights: the recurrent kernel."""

    activations = 0
    gates = ()

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        product = matmul(drop(before[0], dropout_mask), weights[0])
        return (self.activation(projected + product),), ()

    def backward(
        self,
        saved: Tensors,
        before: Tensors,
        output: Tensor,
        gradients: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensor, Tensors]:
        d_total = gradients[0] * (1 - output * output)
        d_output = matmul(d_total, ops.transpose(weights[0]))
        return d_total, (drop(d_output, dropout_mask),)

    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Tensors:
        return (product_gradient(drop(before[0], dropout_mask), gradient),)
