"""The precision in which likelihoods are computed."""

from typing import Any, TypeAlias

import keras

DTypeLike: TypeAlias = Any
"""The name of a dtype, a `keras.DTypePolicy`, or `None` for the default."""


def float32_or_wider(dtype: DTypeLike) -> keras.DTypePolicy:
    """Returns the policy that `dtype` names, with half precision made float32.

    A log-likelihood is a sum of many terms of very different size. float16 and
    bfloat16, alone or as the compute dtype of a mixed policy, lose the small ones
    and overflow on the large ones.

    Args:
        dtype: Name of a dtype or of a policy, a `keras.DTypePolicy`, or `None` for
            the global policy.

    Returns:
        A `keras.DTypePolicy`, which computes in float32 or float64.

    Examples:
        >>> from keras_gated._precision import float32_or_wider
        >>> float32_or_wider("mixed_float16").name, float32_or_wider("float64").name
        ('float32', 'float64')
    """
    policy = keras.dtype_policies.get(dtype)
    if policy.compute_dtype in ("float16", "bfloat16"):
        return keras.DTypePolicy("float32")
    return policy
