"""What the tunes of models are looked at beside: held-out tunes, and an n-gram's."""

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import Any

import numpy as np
import pandas as pd

from reproduce.ngrams import KneserNey, Sampler
from reproduce.studies.tunes.data import TuneTask
from reproduce.studies.tunes.judging import COUNTS, distances, judge
from reproduce.studies.tunes.names import HELD_OUT, NGRAM, TOKENS
from reproduce.studies.tunes.writing import (
    Header,
    Written,
    encode_header,
    end_of,
    read_tune,
)
from reproduce.study import Baseline
from reproduce.task import Task

ORDER = 5
SAMPLES = 500


def asked_headers(task: TuneTask, count: int) -> list[Header]:
    """The meters and keys of held-out tunes, from the beginning again if need be."""
    found = [(tune.meter, tune.key) for tune in task.of("test")]
    return list(islice(cycle(found), count))


def judge_held_out(task: TuneTask) -> pd.DataFrame:
    """Judges held-out tunes as if they had been written, as `judge` does."""
    written = [Written(tune, True) for tune in task.of("test")]
    return judge(written, asked_headers(task, len(written)), task.of("train"))


def ngram_tunes(
    task: TuneTask, headers: Sequence[Header], seed: int = 0
) -> list[Written]:
    """Tunes drawn from an n-gram of the tokens of the training tunes."""
    # It has a mark of its own for the beginning.
    prompts = [encode_header(task.vocabulary, header)[1:] for header in headers]
    drawn = Sampler(fitted(task)).sample(
        len(prompts),
        task.longest,
        stop=end_of(task.vocabulary),
        seed=seed,
        prompts=np.stack(prompts),
    )
    return [read_tune(task.vocabulary, numbers) for numbers in drawn]


def fitted(task: TuneTask) -> KneserNey:
    """The n-gram of the training tunes."""
    return KneserNey(task.splits["train"][1], task.input_size, ORDER)


def baselines(dataset: str, task: Task) -> Iterator[Baseline]:
    """Held-out tunes as if they had been written, and the tunes of an n-gram."""
    assert isinstance(task, TuneTask) and task.encoding == TOKENS
    test, valid, train = (task.of(split) for split in ("test", "valid", "train"))
    yield {
        "dataset": dataset,
        "data": task.data,
        "name": HELD_OUT,
        **_as_stored(judge_held_out(task), distances(valid, test)),
    }
    asked = asked_headers(task, SAMPLES)
    drawn = ngram_tunes(task, asked)
    nats = -fitted(task).log_probabilities(task.splits["test"][1])[-1]
    yield {
        "dataset": dataset,
        "data": task.data,
        "name": NGRAM,
        "nll": float(nats.mean()),
        "per_note": float(nats.sum()) / task.notes["test"],
        "per_tune": float(nats.sum()) / len(test),
        **_as_stored(
            judge(drawn, asked, train),
            distances([one.tune for one in drawn[: len(valid)]], test),
        ),
    }


def _as_stored(judged: pd.DataFrame, apart: Any) -> dict[str, Any]:
    # JSON knows no NaN.
    plain = judged.astype(object).where(judged.notna(), None)
    return {
        "judged": plain.to_dict("list"),
        "distances": dict(zip(COUNTS, np.asarray(apart).tolist(), strict=True)),
    }
