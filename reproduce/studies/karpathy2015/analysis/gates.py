"""How many gates are almost always open, or shut."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from reproduce.studies.karpathy2015.analysis.bootstrap import mean_interval

MOSTLY = 0.9
"""The share of the steps that makes a unit count as saturated."""


def saturated_units(
    saturation: Mapping[str, Mapping[str, Any]], mostly: float = MOSTLY
) -> pd.DataFrame:
    """The share of the units of each gate that are saturated at most steps.

    Args:
        saturation: By layer and gate, what `keras_gated.analysis.saturation` returns.
        mostly: A unit counts if it is saturated at more than this share of the steps.

    Returns:
        A row for each layer, gate and side: `share` of the units, with an interval of
        95 % over the units, and `median`, the median over the units of the share of
        steps.

    Reference:
        Karpathy, Johnson and Li 2015 (arXiv:1506.02078), section 4.1, figure 3.
    """
    rows = []
    for layer, gates in saturation.items():
        for gate, shares in gates.items():
            for side in ("left", "right"):
                steps = np.asarray(getattr(shares, side))
                is_saturated = steps > mostly
                low, high = mean_interval(is_saturated)
                rows.append(
                    {
                        "layer": layer,
                        "gate": gate,
                        "side": side,
                        "units": steps.size,
                        "share": is_saturated.mean(),
                        "low": low,
                        "high": high,
                        "median": np.median(steps),
                    }
                )
    return pd.DataFrame(rows)
