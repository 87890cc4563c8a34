"""The claims about the variants, judged by pairs and by the best tenths."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from reproduce.paired import SIGNIFICANCE, holm
from reproduce.studies.odyssey2015 import paper
from reproduce.studies.odyssey2015.analysis.best_tenth import best_tenth_table
from reproduce.studies.odyssey2015.analysis.paired import (
    compare,
    difference,
    paired_table,
    scores_by_draw,
)
from reproduce.studies.odyssey2015.analysis.scores import Score, ready
from reproduce.studies.odyssey2015.analysis.table import (
    MATTER_MOST,
    NO_GAIN,
    NO_HARM,
    NOT_WORTH,
)
from reproduce.studies.odyssey2015.names import VANILLA, VARIANTS
from reproduce.verdicts import HELD, NOT_HELD, UNDECIDED, Row

ESSENTIAL = ("NFG", "NOAF")
HARMLESS = ("CIFG", "NP")
COSTLY = "FGR"
OTHERS = tuple(name for name in VARIANTS if name != VANILLA)

PAIRED = "median difference over the draws"
MEANS = "difference of the means of the best tenths"
PARAMETERS = "ratio of all parameters, median over the draws"
WILCOXON = "Wilcoxon, Holm"
EQUIVALENCE = "two one-sided Wilcoxon tests, Holm"
WELCH = "Welch, Bonferroni"

MUCH_LARGER = 1.5
"""The least ratio of parameters that counts as a price."""


@dataclass(frozen=True)
class _Evidence:
    """What there is on one set: by variant, and the scores by draw."""

    dataset: str
    score: Score
    pairs: dict[str, Any]
    tenths: dict[str, Any]
    tests: pd.DataFrame
    parameters: pd.DataFrame


def variant_rows(trials: pd.DataFrame, scores: Mapping[str, Score]) -> Iterator[Row]:
    """Judges the claims about variants.

    Args:
        trials: One row for each trial.
        scores: The scale of each data set.

    Yields:
        The rows of each data set.

    Raises:
        ValueError: As `ready` says, or if a set lacks vanilla.
    """
    pairs, tenths = paired_table(trials, scores), best_tenth_table(trials, scores)
    for dataset, of_set in ready(trials, scores).groupby("dataset", sort=False):
        evidence = _Evidence(
            str(dataset),
            scores[str(dataset)],
            _by_variant(pairs[pairs["dataset"] == dataset]),
            _by_variant(tenths[tenths["dataset"] == dataset]),
            scores_by_draw(of_set),
            scores_by_draw(of_set, "total_parameters"),
        )
        for claim in (_no_gain, _matter_most, _no_harm, _not_worth):
            yield from claim(evidence)


def _by_variant(table: pd.DataFrame) -> dict[str, Any]:
    return {row.variant: row for row in table.itertuples()}


def _no_gain(evidence: _Evidence) -> Iterator[Row]:
    verdicts = {}
    for name, found in evidence.pairs.items():
        verdicts[name] = _not_better(found)
        yield _paired(evidence, NO_GAIN, name, verdicts[name])
        yield from _means(evidence, NO_GAIN, name)
    if NOT_HELD in verdicts.values():
        whole = NOT_HELD
    else:
        complete = list(verdicts.values()) == [HELD] * len(OTHERS)
        whole = HELD if complete else UNDECIDED
    yield {
        **_about(evidence, NO_GAIN, "all variants", PAIRED),
        "n": min((found.pairs for found in evidence.pairs.values()), default=0),
        "verdict": whole,
        "note": _missing(evidence),
    }


def _not_better(found: Any) -> str:
    if _is_better(found):
        return NOT_HELD
    return HELD if found.p_not_better < SIGNIFICANCE else UNDECIDED


def _matter_most(evidence: _Evidence) -> Iterator[Row]:
    verdicts = {}
    for name in ESSENTIAL:
        found = evidence.pairs.get(name)
        if found is None:
            continue
        if _is_worse(found):
            verdicts[name] = HELD
        elif _is_better(found) or found.p_equivalent < SIGNIFICANCE:
            verdicts[name] = NOT_HELD
        else:
            verdicts[name] = UNDECIDED
        yield _paired(evidence, MATTER_MOST, name, verdicts[name])
        yield from _means(evidence, MATTER_MOST, name)
    rivals = [name for name in evidence.pairs if name not in ESSENTIAL]
    if len(verdicts) < len(ESSENTIAL) or not rivals:
        return
    weaker, rival = (
        choose(names, key=lambda name: _median(evidence, name))
        for choose, names in ((min, ESSENTIAL), (max, rivals))
    )
    cap, margin = evidence.score.cap, evidence.score.margin
    found = compare(difference(evidence.tests, weaker, rival, cap), margin)
    # The two were chosen from the data, out of so many pairs.
    adjusted = min(1.0, found.p_value * len(ESSENTIAL) * len(rivals))
    larger = found.median if adjusted < SIGNIFICANCE else 0.0
    whole = UNDECIDED
    if NOT_HELD in verdicts.values() or larger < 0:
        whole = NOT_HELD
    elif larger > 0 and not _missing(evidence):
        whole = HELD if set(verdicts.values()) == {HELD} else UNDECIDED
    yield {
        **_about(evidence, MATTER_MOST, f"{weaker} minus {rival}", PAIRED),
        "n": found.pairs,
        "effect": found.median,
        "low": found.low,
        "high": found.high,
        "test": "Wilcoxon: the weaker of the two, the strongest of the others",
        "p_value": found.p_value,
        "p_adjusted": adjusted,
        "verdict": whole,
        "note": _missing(evidence),
    }


def _median(evidence: _Evidence, name: str) -> float:
    value = evidence.pairs[name].median_difference
    return -math.inf if math.isnan(value) else value


def _no_harm(evidence: _Evidence) -> Iterator[Row]:
    names = [name for name in HARMLESS if name in evidence.pairs]
    adjusted = holm([evidence.pairs[name].p_equivalent for name in names])
    for name, p_holm in zip(names, adjusted, strict=True):
        found = evidence.pairs[name]
        verdict = UNDECIDED
        if p_holm < SIGNIFICANCE or _is_better(found):
            verdict = HELD
        elif _is_worse(found):
            verdict = NOT_HELD
        yield {
            **_paired(evidence, NO_HARM, name, verdict),
            "test": EQUIVALENCE,
            "p_value": found.p_equivalent,
            "p_adjusted": p_holm,
            "note": f"within {found.margin:g}",
        }
        yield from _means(evidence, NO_HARM, name)


def _not_worth(evidence: _Evidence) -> Iterator[Row]:
    if COSTLY not in evidence.pairs:
        return
    verdict = _not_better(evidence.pairs[COSTLY])
    yield _paired(evidence, NOT_WORTH, COSTLY, verdict)
    yield from _means(evidence, NOT_WORTH, COSTLY)
    ratios = (evidence.parameters[COSTLY] / evidence.parameters[VANILLA]).dropna()
    if ratios.empty:
        return
    theirs = [paper.box(evidence.dataset, name) for name in (COSTLY, VANILLA)]
    yield {
        **_about(evidence, NOT_WORTH, f"{COSTLY} / {VANILLA}", PARAMETERS),
        "n": len(ratios),
        "effect": ratios.median(),
        "low": ratios.min(),
        "high": ratios.max(),
        "test": "range over the draws",
        "verdict": HELD if ratios.median() >= MUCH_LARGER else NOT_HELD,
        "paper": f"{theirs[0].parameters / theirs[1].parameters:.2f}"
        if theirs[0] and theirs[1]
        else "",
    }


def _is_better(found: Any) -> bool:
    return found.p_holm < SIGNIFICANCE and found.median_difference < 0


def _is_worse(found: Any) -> bool:
    return found.p_holm < SIGNIFICANCE and found.median_difference > 0


def _about(evidence: _Evidence, claim: str, comparison: str, measure: str) -> Row:
    return {
        "claim": claim,
        "dataset": evidence.dataset,
        "comparison": comparison,
        "measure": measure,
    }


def _paired(evidence: _Evidence, claim: str, name: str, verdict: str) -> Row:
    found = evidence.pairs[name]
    return {
        **_about(evidence, claim, f"{name} minus {VANILLA}", PAIRED),
        "n": found.pairs,
        "effect": found.median_difference,
        "low": found.low,
        "high": found.high,
        "test": WILCOXON,
        "p_value": found.p_value,
        "p_adjusted": found.p_holm,
        "verdict": verdict,
        "paper": _paper(evidence.dataset, name),
    }


def _means(evidence: _Evidence, claim: str, name: str) -> Iterator[Row]:
    """The best tenths, judged as the paper does."""
    found = evidence.tenths[name]
    differs = found.p_bonferroni < SIGNIFICANCE
    verdict = UNDECIDED
    if found.evidence and claim == MATTER_MOST and differs:
        verdict = HELD if found.difference > 0 else NOT_HELD
    elif found.evidence and claim != MATTER_MOST:
        # Harm is worse scores; the other claims are about better ones.
        against = found.difference > 0 if claim == NO_HARM else found.difference < 0
        verdict = NOT_HELD if differs and against else HELD
    yield {
        **_about(evidence, claim, f"{name} minus {VANILLA}", MEANS),
        "n": found.best,
        "effect": found.difference,
        "low": found.difference_low,
        "high": found.difference_high,
        "test": WELCH,
        "p_value": found.p_value,
        "p_adjusted": found.p_bonferroni,
        "verdict": verdict,
        "paper": _paper(evidence.dataset, name),
        "note": found.note,
    }


def _paper(dataset: str, name: str) -> str:
    theirs, vanilla = paper.box(dataset, name), paper.box(dataset, VANILLA)
    if theirs is None or vanilla is None:
        return ""
    star = "*" if theirs.differs else ""
    if math.isnan(theirs.mean):
        return f"off its scale{star}"
    return f"{theirs.mean - vanilla.mean:+.3f}{star}"


def _missing(evidence: _Evidence) -> str:
    missing = [name for name in OTHERS if name not in evidence.pairs]
    return f"not run: {', '.join(missing)}" if missing else ""
