"""The n-grams of the study, and what they reach."""

from collections.abc import Iterator

import numpy as np

from keras_gated.datasets.text import TextDataset
from reproduce.ngrams import KneserNey
from reproduce.studies.karpathy2015.data import TextTask
from reproduce.studies.karpathy2015.names import ROWS_SPLIT
from reproduce.studies.karpathy2015.paper import CONTEXTS
from reproduce.study import Baseline
from reproduce.task import Array, Task


def fitted(data: TextDataset, context: int) -> KneserNey:
    """Models of the training text that see up to `context` characters."""
    return KneserNey(list(data.train), len(data.vocabulary), context + 1)


def of_test_text(data: TextDataset) -> Array:
    """Of each character of the test text, `(models, streams, steps)`.

    There is a model for each of `paper.CONTEXTS`. The first character of each stream is
    given, as it is to a network.
    """
    model = fitted(data, max(CONTEXTS))
    found = model.log_probabilities(list(data.test))[list(CONTEXTS)]
    return found.reshape(len(CONTEXTS), *data.test.shape)[:, :, 1:]


def baselines(dataset: str, task: Task) -> Iterator[Baseline]:
    """The test NLL of n-grams on both cuts of a text."""
    assert isinstance(task, TextTask)
    if task.split != ROWS_SPLIT:
        return
    for split, data in task.texts.items():
        nats = -of_test_text(data).mean(axis=(1, 2))
        for context, nll in zip(CONTEXTS, nats.tolist(), strict=True):
            yield {
                "dataset": dataset,
                "data": task.data,
                "name": f"{context + 1}-gram",
                "split": split,
                "context": context,
                "nll": nll,
            }


def distributions(data: TextDataset, streams: Array, context: int) -> Array:
    """The logarithms of the probabilities of all characters at each step of streams.

    Args:
        data: The text whose training part the n-grams are of.
        streams: Numbers `(streams, steps + 1)`.
        context: Characters that the n-gram sees.

    Returns:
        Nats, `(streams, steps, symbols)`.
    """
    model = fitted(data, context)
    found = model.distributions(list(streams), context + 1)
    shape = (*streams.shape, len(data.vocabulary))
    return np.log(found.reshape(shape)[:, 1:])
