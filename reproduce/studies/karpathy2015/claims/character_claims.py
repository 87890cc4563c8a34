"""Claims about single characters and gates, of the models that are looked into."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from reproduce.studies.karpathy2015 import paper
from reproduce.studies.karpathy2015.analysis.bootstrap import (
    mean_interval,
    share_interval,
)
from reproduce.studies.karpathy2015.analysis.braces import closing_braces
from reproduce.studies.karpathy2015.analysis.error_tree import ALL, ErrorTree
from reproduce.studies.karpathy2015.analysis.gates import saturated_units
from reproduce.studies.karpathy2015.analysis.scaling import scaling_table
from reproduce.studies.karpathy2015.claims.table import CLOSE, LEVEL
from reproduce.studies.karpathy2015.findings import (
    CHARACTERS,
    LONGEST,
    TEXT,
    error_tree_of,
    saturation_of,
)
from reproduce.studies.karpathy2015.left import Left, course_of, left_of
from reproduce.studies.karpathy2015.names import (
    LARGE,
    LARGE_GRU,
    SMALL,
    model_name,
    text_of,
)
from reproduce.study import Results
from reproduce.verdicts import Row, decided, from_interval

OPEN = "Some forget gates are almost always open"
SHUT = "No forget gate is almost always shut"
DIFFUSE = "The gates of the first layer are more diffuse"
FORGETFUL = "The first layer of the GRU seldom makes use of its past"
ERRORS = "Errors by the oracle that removes them"
SCALING = "Scaling removes what n-grams know"
NEAR = "The LSTM is level with the 20-gram at braces up to 20 characters away"
BRACES = "The LSTM gains on the 20-gram at braces up to 60 characters away"
FAR = "The gain decays after 60 characters"
COURSE_CLAIM = "Early training looks like ever longer n-grams"


def character_rows(results: Results) -> Iterator[Row]:
    """The rows of each text for which a model left something."""
    for dataset in dict.fromkeys(r.trial.dataset for r in results.records):
        models = left_of(results, dataset)
        if LARGE in models:
            yield from _gate_rows(dataset, models[LARGE])
            yield from _brace_rows(dataset, models[LARGE])
        if LARGE_GRU in models:
            yield from _gru_rows(dataset, models[LARGE_GRU])
        yield from _error_rows(dataset, models)
        yield from _course_rows(dataset, course_of(results, dataset))


def _gate_rows(dataset: str, left: Left) -> Iterator[Row]:
    table = saturated_units(saturation_of(left))
    forget = table[table["gate"] == "forget_gate"]
    for claim, side, is_wanted in ((OPEN, "right", True), (SHUT, "left", False)):
        for row in forget[forget["side"] == side].itertuples():
            yield _units_row(claim, dataset, f"{row.layer}: share", row, is_wanted)
    shares = (
        table.groupby(["gate", "layer"], sort=False)["share"].sum().unstack("layer")
    )
    for gate, by_layer in shares.iterrows():
        first, others = by_layer.iloc[0], by_layer.iloc[1:]
        yield {
            "claim": DIFFUSE,
            "dataset": dataset,
            "what": f"{str(gate).replace('_', ' ')}: share of units, first minus next",
            "n": len(by_layer),
            "effect": first - others.iloc[0],
            "verdict": decided((first < others).all(), (first > others).all()),
        }


def _gru_rows(dataset: str, left: Left) -> Iterator[Row]:
    """Of its first layer whether gates let in, or keep, the state of the step before.

    The paper's update gate is one minus ours.
    """
    table = saturated_units(saturation_of(left))
    first = table[(table["layer"] == "layer 1") & (table["side"] == "right")]
    for gate in ("reset_gate", "update_gate"):
        for row in first[first["gate"] == gate].itertuples():
            what = f"{gate.replace('_', ' ')} open: share"
            yield _units_row(FORGETFUL, dataset, what, row, is_wanted=False)


def _units_row(claim: str, dataset: str, what: str, row: Any, is_wanted: bool) -> Row:
    """A row about saturated units, of which the claim wants some, or none."""
    some, none = row.low > 0, row.share == 0
    return {
        "claim": claim,
        "dataset": dataset,
        "what": f"{what} of units",
        "n": row.units,
        "effect": row.share,
        "low": row.low,
        "high": row.high,
        "verdict": decided(some, none) if is_wanted else decided(none, some),
    }


def _error_rows(dataset: str, models: Mapping[Any, Left]) -> Iterator[Row]:
    trees = {m: error_tree_of(models[m]) for m in (LARGE, SMALL) if m in models}
    has_numbers = text_of(dataset) == "war_and_peace"
    for model, tree in trees.items():
        rate = tree.errors / tree.causes.size
        rates = {"all": (rate, *share_interval(*_errors_by_stream(tree)))}
        for name, share, low, high in _shares(tree) if model == LARGE else ():
            rates[name] = share, low, high
        for name, (share, low, high) in rates.items():
            theirs = paper.errors(model, name) if has_numbers else np.nan
            distance = abs(share - theirs)
            yield {
                "claim": ERRORS,
                "dataset": dataset,
                "what": f"{model_name(*model)}: "
                + ("share of characters" if name == "all" else f"{name}, of errors"),
                "n": tree.errors,
                "effect": share,
                "low": low,
                "high": high,
                "paper": theirs,
                "verdict": decided(distance <= CLOSE, distance > CLOSE),
                "note": "the paper's is row 512" if model == LARGE else "",
            }
    if len(trees) == 2:
        row = scaling_table(trees[SMALL], trees[LARGE]).iloc[0]
        yield {
            "claim": SCALING,
            "dataset": dataset,
            "what": f"{model_name(*SMALL)} to {model_name(*LARGE)}: n-gram, share",
            "n": int(trees[SMALL].errors - trees[LARGE].errors),
            "effect": row["share"],
            "low": row["low"],
            "high": row["high"],
            "paper": paper.SCALING,
            "verdict": from_interval(row["low"], row["high"], 0.5),
        }


def _shares(tree: ErrorTree) -> Iterator[tuple[str, float, float, float]]:
    """The oracles of which the paper has numbers."""
    table = tree.table()
    for row in table[table["setting"] == ALL].itertuples():
        if row.oracle in paper.ERRORS:
            yield row.oracle, row.share, row.low, row.high


def _errors_by_stream(tree: ErrorTree) -> tuple[Any, Any]:
    errors = tree.by_stream.sum(axis=1)
    return errors, np.full(len(errors), tree.causes.shape[1])


def _brace_rows(dataset: str, left: Left) -> Iterator[Row]:
    braces = closing_braces(left[TEXT][0])
    gains = np.exp(left[CHARACTERS][0]) - left[LONGEST][0]
    gains = gains[braces.rows, braces.steps]
    level, near, far = (
        gains[(braces.distances > over) & (braces.distances <= to)]
        for over, to in ((0, 20), (20, 60), (60, 300))
    )
    for claim, what, values in (
        (NEAR, "up to 20", level),
        (BRACES, "20 to 60", near),
        (FAR, "60 to 300", far),
    ):
        low, high = mean_interval(values)
        verdict = from_interval(low, high, 0)
        if claim == NEAR:
            verdict = decided(
                low > -LEVEL and high < LEVEL, low > LEVEL or high < -LEVEL
            )
        elif claim == FAR and near.size and far.size:
            # That it is less: the middle of the near ones above the interval.
            verdict = decided(high < near.mean(), low > near.mean())
        yield {
            "claim": claim,
            "dataset": dataset,
            "what": f"{what} characters: probability minus the 20-gram's",
            "n": values.size,
            "effect": values.mean() if values.size else np.nan,
            "low": low,
            "high": high,
            "verdict": verdict,
            "note": "" if values.size else "the text has no such braces",
        }


def _course_rows(dataset: str, course: pd.DataFrame) -> Iterator[Row]:
    if course.empty:
        return
    closest = course.loc[course.groupby("context")["divergence"].idxmin()]
    epochs = closest.sort_values("context")["epoch"].to_numpy()
    # Those that are still coming nearer at the last look are level.
    steps = np.diff(epochs)
    verdict = decided(bool((steps > 0).all()), bool((steps < 0).any()))
    for row in closest.itertuples():
        yield {
            "claim": COURSE_CLAIM,
            "dataset": dataset,
            "what": f"{row.context:.0f} characters: epoch at which it is closest",
            "n": 1,
            "effect": row.epoch,
            "verdict": verdict,
            "note": f"{row.divergence:.3f} nats per character apart",
        }
