"""Claims about the test scores of networks and n-grams."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from reproduce.paired import compare
from reproduce.studies.karpathy2015 import paper
from reproduce.studies.karpathy2015.claims.table import MATTERS, SIGNIFICANCE
from reproduce.studies.karpathy2015.names import text_of
from reproduce.study import Results
from reproduce.verdicts import Row, decided

TEST = "test_nll_pooled"
GATED = "Gated units beat tanh units"
DEEPER = "Two layers beat one"
DEEPEST = "Three layers add nothing clear to two"
NGRAMS = "n-grams beat every network of rows 64 and 128"
PASSED = {
    text: (row, f"Networks of row {row} pass the n-grams")
    for text, row in (("war_and_peace", 256), ("linux_kernel", 512))
}
"""By text the first row of the paper's table that does."""

NEIGHBOURS = "Ours: a test set between the training text flatters n-grams"


def network_rows(results: Results) -> Iterator[Row]:
    """The rows of each text."""
    frame = results.frame
    for dataset, trials in frame.groupby("dataset", sort=False):
        name = str(dataset)
        yield from _unit_rows(name, trials)
        yield from _layer_rows(name, trials)
        yield from _ngram_rows(name, trials, results)
    yield from _neighbour_rows(results)


def _unit_rows(dataset: str, trials: pd.DataFrame) -> Iterator[Row]:
    keys = ["row", "layers", "seed"]
    tanh = trials[trials["unit"] == "tanh"].set_index(keys)[TEST]
    for unit in ("lstm", "gru"):
        gated = trials[trials["unit"] == unit].set_index(keys)[TEST]
        yield _signs(GATED, dataset, f"{unit} minus tanh", gated - tanh)


def _layer_rows(dataset: str, trials: pd.DataFrame) -> Iterator[Row]:
    keys = ["row", "unit", "seed"]
    by_depth = {
        depth: trials[trials["layers"] == depth].set_index(keys)[TEST]
        for depth in (1, 2, 3)
    }
    yield _signs(DEEPER, dataset, "2 minus 1 layer", by_depth[2] - by_depth[1])
    row = _signs(DEEPEST, dataset, "3 minus 2 layers", by_depth[3] - by_depth[2])
    better = row["p_value"] < SIGNIFICANCE and row["effect"] < 0
    yield {**row, "verdict": decided(row["low"] > -MATTERS and not better, better)}


def _signs(claim: str, dataset: str, what: str, differences: pd.Series) -> Row:
    """Held if the differences are below 0 more often than chance has it."""
    values = differences.dropna().to_numpy(float)
    found = compare(values.tolist())
    below, above = int((values < 0).sum()), int((values > 0).sum())
    p_value = np.nan
    if below + above:
        p_value = float(stats.binomtest(below, below + above).pvalue)
    is_clear = p_value < SIGNIFICANCE
    return {
        "claim": claim,
        "dataset": dataset,
        "what": f"{what}, nats per character",
        "n": values.size,
        "effect": found.mean,
        "low": found.low,
        "high": found.high,
        "p_value": p_value,
        "verdict": decided(is_clear and below > above, is_clear and above > below),
        "note": f"{below} of {values.size} pairs below 0",
    }


def _ngram_rows(dataset: str, trials: pd.DataFrame, results: Results) -> Iterator[Row]:
    best = best_ngram(results, dataset)
    row, passed = PASSED[text_of(dataset)]
    for claim, rows, sign in ((NGRAMS, (64, 128), 1), (passed, (row,), -1)):
        ours = trials.loc[trials["row"].isin(rows), TEST].min()
        theirs = min(
            (
                paper.network(dataset, str(unit), int(layers), int(row))
                for unit, layers, row in trials[["unit", "layers", "row"]].values
                if row in rows
            ),
            default=np.nan,
        ) - min(paper.NGRAMS.get(dataset, (np.nan,)))
        effect = ours - best
        yield {
            "claim": claim,
            "dataset": dataset,
            "what": "best network minus best n-gram, nats per character",
            "n": int(trials["row"].isin(rows).sum()),
            "effect": effect,
            "paper": theirs,
            "verdict": decided(sign * effect > 0, sign * effect < 0),
        }


def best_ngram(results: Results, dataset: str) -> float:
    """The lowest test NLL of an n-gram on a text as it is cut there, or NaN."""
    split = "tail" if dataset.endswith("_tail") else "rows"
    name = dataset.removesuffix("_tail")
    return min(
        (
            b["nll"]
            for b in results.baselines
            if b["dataset"] == name and b["split"] == split
        ),
        default=np.nan,
    )


def _neighbour_rows(results: Results) -> Iterator[Row]:
    """What the cut costs n-grams, and the same networks if both were trained."""
    table = pd.DataFrame(results.baselines)
    if table.empty:
        return
    for dataset, rows in table.groupby("dataset"):
        by_split = rows.pivot(index="context", columns="split", values="nll")
        for context, nll in by_split.iterrows():
            yield {
                "claim": NEIGHBOURS,
                "dataset": str(dataset),
                "what": f"{context} characters: tail minus rows, nats per character",
                "n": 1,
                "effect": nll["tail"] - nll["rows"],
                "verdict": decided(
                    nll["tail"] > nll["rows"], nll["tail"] < nll["rows"]
                ),
            }
        frame = results.frame
        keys = ["unit", "layers", "row", "seed"]
        cuts = [
            frame[frame["dataset"] == name].set_index(keys)[TEST]
            for name in (f"{dataset}_tail", str(dataset))
        ]
        yield _signs(
            NEIGHBOURS, str(dataset), "networks: rows minus tail", cuts[1] - cuts[0]
        )
