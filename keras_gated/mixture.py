r"""Mixtures of diagonal Gaussians whose parameters a network packs in one axis.

The last axis of a packed tensor holds, for $K$ components over events of size $E$,

1. $K$ mixture logits,
2. $K E$ means, component by component,
3. $K E$ raw scales, in the same order,

together `components * (1 + 2 * event_size)` numbers.
"""

import math

import keras
import numpy as np
from keras import ops

from keras_gated._precision import float32_or_wider
from keras_gated._types import Tensor


def packed_size(components: int, event_size: int) -> int:
    """Returns how many numbers describe one mixture.

    Args:
        components: Number of Gaussians.
        event_size: Length of the event vector.

    Returns:
        `components * (1 + 2 * event_size)`.

    Examples:
        >>> from keras_gated import mixture
        >>> mixture.packed_size(components=20, event_size=10)
        420
    """
    return components * (1 + 2 * event_size)


def unpack(
    packed: Tensor, components: int, event_size: int
) -> tuple[Tensor, Tensor, Tensor]:
    r"""Turns packed numbers into the parameters of the mixture.

    Weights are $\mathrm{softmax}$ of the logits, returned as logarithms. Scales
    are $\mathrm{softplus}(r) + \sqrt{\epsilon}$, where $\epsilon$ is the machine
    epsilon of the dtype: without that floor, a component that settles on one data
    point would drive its density to infinity.

    Args:
        packed: `(..., components * (1 + 2 * event_size))`. float16 and bfloat16
            are widened to float32.
        components: Number of Gaussians, $K$.
        event_size: Length of the event vector, $E$.

    Returns:
        Log-weights `(..., K)`, means `(..., K, E)` and standard deviations
        `(..., K, E)`.

    Raises:
        ValueError: If the last dimension of `packed` is not the one above.

    Examples:
        >>> import numpy as np
        >>> from keras_gated import mixture
        >>> log_weights, means, scales = mixture.unpack(np.zeros((2, 5, 21)), 3, 3)
        >>> tuple(log_weights.shape), tuple(means.shape), tuple(scales.shape)
        ((2, 5, 3), (2, 5, 3, 3), (2, 5, 3, 3))

    Reference:
        Bishop, Mixture density networks, 1994, for the mixture. The softplus takes the
        place of its exponential.
    """
    packed = ops.convert_to_tensor(packed)
    given_dtype = keras.backend.standardize_dtype(packed.dtype)
    dtype = float32_or_wider(given_dtype).compute_dtype
    packed = ops.cast(packed, dtype)
    needed = packed_size(components, event_size)
    if packed.shape[-1] != needed:
        raise ValueError(
            f"A mixture of {components} components over events of size {event_size} "
            f"takes components * (1 + 2 * event_size) = {needed} numbers in the last "
            f"dimension; received packed.shape={tuple(packed.shape)}."
        )
    leading = ops.shape(packed)[:-1]
    means_end = components * (1 + event_size)
    logits = packed[..., :components]
    means = packed[..., components:means_end]
    raw_scales = packed[..., means_end:]
    floor = math.sqrt(np.finfo(dtype).eps)
    return (
        ops.log_softmax(logits, axis=-1),
        ops.reshape(means, (*leading, components, event_size)),
        ops.reshape(
            ops.softplus(raw_scales) + floor, (*leading, components, event_size)
        ),
    )


def log_prob(packed: Tensor, events: Tensor, components: int) -> Tensor:
    r"""Joint log-density of whole event vectors, in nats.

    $$\log p(x) = \log \sum_k \exp\Big(\log w_k
        + \sum_e \log \mathcal{N}(x_e; \mu_{ke}, \sigma_{ke})\Big)$$

    Densities are summed as logarithms over the event before the components are
    added, so that a long event cannot underflow.

    Args:
        packed: `(..., components * (1 + 2 * event_size))`.
        events: `(..., event_size)`, in the unit of the means.
        components: Number of Gaussians.

    Returns:
        `(...)`, in nats.

    Raises:
        ValueError: If the last dimensions do not fit each other.

    Examples:
        >>> import numpy as np
        >>> from keras_gated import mixture
        >>> raw = np.log(np.expm1(1.0))
        >>> packed = np.array([[0.0, 0.0, raw]], "float32")
        >>> round(float(mixture.log_prob(packed, np.array([[0.0]]), 1)[0]), 3)
        -0.919

    Reference:
        Bishop, Mixture density networks, 1994; Graves, Generating sequences with
        recurrent neural networks, 2013, section 4.1.
    """
    event_size = events.shape[-1]
    log_weights, means, scales = unpack(packed, components, event_size)
    events = ops.expand_dims(ops.cast(events, means.dtype), -2)
    standardized = (events - means) / scales
    log_densities = -ops.sum(0.5 * ops.square(standardized) + ops.log(scales), axis=-1)
    log_normalizer = 0.5 * event_size * math.log(2 * math.pi)
    return ops.logsumexp(log_weights + log_densities, axis=-1) - log_normalizer
