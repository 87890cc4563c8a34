"""Claims about the tunes that models write."""

from collections.abc import Iterator

import numpy as np

from reproduce.studies.tunes.chosen import Evidence, Model, Tunes, evidence_of
from reproduce.studies.tunes.claims.intervals import Estimate, mean_of
from reproduce.studies.tunes.judging import COUNTS, MOST_COPIED
from reproduce.studies.tunes.names import HELD_OUT, NGRAM, model_name
from reproduce.study import Results
from reproduce.verdicts import Row, decided

WELL_FORMED = 0.9
"""The share of tunes that is asked for."""

MARGIN = 0.05
"""By how much a share may be off that of held-out tunes."""

TOKEN_MARGIN = 1.0
"""By how many tokens the longest run may be longer, in the mean."""

FORMED = "Models write well-formed tunes"
AS_FORMED = "The share of them is that of held-out tunes"
BETTER_FORMED = "They write more of them than the 5-gram"
NO_COPIES = "They copy no more than held-out tunes do"
SHORT_RUNS = "Their longest runs are no longer than those of held-out tunes"
FORM = "Their tunes have form as held-out tunes have"
MORE_FORM = "They have more form than those of the 5-gram"
MATCH = "Pitches, degrees and intervals are those of held-out tunes"

FORMS = {
    "two_parts": "two parts of eight bars, share",
    "similarity": "what comes again eight bars later, share",
}
COPIES = {
    "copies": f"runs of more than {MOST_COPIED} tokens, share",
    "copies_in_any_key": f"runs of more than {MOST_COPIED} notes in any key, share",
}


def written_rows(results: Results) -> Iterator[Row]:
    """The rows of each model whose tunes lie here."""
    for evidence in evidence_of(results):
        for model, tunes in evidence.models.items():
            found = _Rows(evidence, model, tunes)
            yield from found.of_form()
            yield from found.of_copies()
            yield from found.of_parts()
            yield from found.of_statistics()


class _Rows:
    """The rows of one model."""

    def __init__(self, evidence: Evidence, model: Model, tunes: Tunes) -> None:
        self.evidence = evidence
        self.tunes = tunes
        self.name = model_name(model[1], model[0])
        self.beside = {
            name: evidence.beside.get(name, Tunes()) for name in (HELD_OUT, NGRAM)
        }

    def of_form(self) -> Iterator[Row]:
        """Whether tunes are well formed."""
        found = mean_of(self.tunes.of("well_formed"))
        yield self._row(
            FORMED,
            "share",
            "well_formed",
            found,
            decided(found.low > WELL_FORMED, found.high < WELL_FORMED),
        )
        found = self._difference("well_formed", HELD_OUT)
        verdict = decided(found.low > -MARGIN, found.high < 0)
        yield self._row(
            AS_FORMED, f"share, minus {HELD_OUT}", "well_formed", found, verdict
        )
        yield self._beside(BETTER_FORMED, "share", "well_formed", NGRAM)

    def of_copies(self) -> Iterator[Row]:
        """Whether tunes are copied."""
        for column, what in COPIES.items():
            found = self._difference(column, HELD_OUT)
            verdict = decided(found.high < MARGIN, found.low > 0)
            yield self._row(
                NO_COPIES, f"{what}, minus held-out", column, found, verdict
            )
        found = self._difference("copied", HELD_OUT)
        yield self._row(
            SHORT_RUNS,
            "tokens in the mean, minus held-out",
            "copied",
            found,
            decided(found.high < TOKEN_MARGIN, found.low > 0),
        )

    def of_parts(self) -> Iterator[Row]:
        """Whether tunes have parts and come back."""
        for column, what in FORMS.items():
            found = self._difference(column, HELD_OUT)
            verdict = decided(found.low > -MARGIN, found.high < 0)
            yield self._row(FORM, f"{what}, minus held-out", column, found, verdict)
        for column, what in FORMS.items():
            yield self._beside(MORE_FORM, what, column, NGRAM)

    def of_statistics(self) -> Iterator[Row]:
        """Whether tunes are in what is counted as others are."""
        every = np.array(self.tunes.distances)
        theirs = {
            name: tunes.distances[0]
            if tunes.distances
            else np.full((len(COUNTS), 3), np.nan)
            for name, tunes in self.beside.items()
        }
        for place, name in enumerate(COUNTS):
            values = every[:, place]
            value, low, high = values[np.argsort(values[:, 0])[(len(values) - 1) // 2]]
            most = theirs[HELD_OUT][place, 2]
            yield {
                "claim": MATCH,
                "dataset": self.evidence.dataset,
                "what": f"{self.name}: {name}, distance",
                "n": len(every),
                "effect": value,
                "low": low,
                "high": high,
                "held_out": theirs[HELD_OUT][place, 0],
                "ngram": theirs[NGRAM][place, 0],
                "verdict": decided(value < most, low > most),
                "note": f"held-out up to {most:.3f}",
            }

    def _beside(self, claim: str, what: str, column: str, other: str) -> Row:
        found = self._difference(column, other)
        verdict = decided(found.low > 0, found.high < 0)
        return self._row(claim, f"{what}, minus {other}", column, found, verdict)

    def _difference(self, column: str, other: str) -> Estimate:
        others = self.beside[other].of(column)
        # Without anything to compare with there is no difference.
        return mean_of(self.tunes.of(column), others or [np.empty(0)])

    def _row(
        self, claim: str, what: str, column: str, found: Estimate, verdict: str
    ) -> Row:
        values = self.tunes.of(column)
        seeds = len(values)
        return {
            "claim": claim,
            "dataset": self.evidence.dataset,
            "what": f"{self.name}: {what}",
            "n": sum(map(len, values)),
            "effect": found.mean,
            "low": found.low,
            "high": found.high,
            "held_out": self.beside[HELD_OUT].share(column),
            "ngram": self.beside[NGRAM].share(column),
            "verdict": verdict,
            "note": f"{seeds} seeds" if seeds > 1 else "one seed",
        }
