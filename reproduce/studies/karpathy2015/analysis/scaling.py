"""Which errors a larger model does not make any more."""

import pandas as pd

from reproduce.studies.karpathy2015.analysis.bootstrap import share_interval
from reproduce.studies.karpathy2015.analysis.error_tree import REST, ErrorTree


def scaling_table(small: ErrorTree, large: ErrorTree) -> pd.DataFrame:
    """How many errors of each kind fewer the larger of two models makes.

    Args:
        small: The errors of the smaller model.
        large: Those of the larger one on the same text.

    Returns:
        A row for each oracle, and one for the errors that none knows: `small`, `large`
        and `fewer` are errors, `share` is of all errors fewer, with the interval of
        95 % over the streams.

    Raises:
        ValueError: If the trees are not of the same text and oracles.

    Reference:
        Karpathy, Johnson and Li 2015 (arXiv:1506.02078), section 4.4, figure 7.
    """
    names = [oracle.name for oracle in small.oracles]
    if small.causes.shape != large.causes.shape or names != [
        oracle.name for oracle in large.oracles
    ]:
        raise ValueError(
            "Errors are compared on the same text by the same oracles. Received texts "
            f"of {small.causes.shape} and {large.causes.shape}, oracles {names} and "
            f"{[oracle.name for oracle in large.oracles]}."
        )
    fewer = small.by_stream - large.by_stream
    total = fewer.sum(axis=1)
    rows = []
    for number, name in enumerate([*names, REST]):
        low, high = share_interval(fewer[:, number], total)
        rows.append(
            {
                "oracle": name,
                "small": int(small.by_stream[:, number].sum()),
                "large": int(large.by_stream[:, number].sum()),
                "fewer": int(fewer[:, number].sum()),
                "share": fewer[:, number].sum() / total.sum()
                if total.sum()
                else float("nan"),
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows)
