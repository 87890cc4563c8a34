"""Of how many digits products are."""

import torch


def is_exact() -> bool:
    """Whether products of float32 are to have all their digits."""
    # Of the two ways to ask, the older one fails where the newer one was used.
    matmul = torch.backends.cuda.matmul
    precision = getattr(matmul, "fp32_precision", None)
    if precision is None:
        return torch.get_float32_matmul_precision() == "highest"
    return precision in ("none", "ieee")
