import numpy as np
import pytest

from keras_gated.datasets import text
from reproduce.studies.karpathy2015 import paper
from reproduce.studies.karpathy2015.ngrams import (
    baselines,
    distributions,
    of_test_text,
)
from tests.reproduce.karpathy2015.tiny import task_of

TASK = task_of()


def test_baselines_are_of_both_cuts():
    found = list(baselines("war_and_peace", TASK))
    assert [(b["split"], b["context"]) for b in found] == [
        (split, context) for split in ("rows", "tail") for context in paper.CONTEXTS
    ]
    for split, data in TASK.texts.items():
        nats = [b["nll"] for b in found if b["split"] == split]
        np.testing.assert_allclose(nats, -of_test_text(data).mean(axis=(1, 2)))
    # The tail is reported with the rows.
    assert list(baselines("war_and_peace_tail", task_of("tail"))) == []


def test_distributions_are_those_of_the_test_text():
    data = TASK.text
    found = distributions(data, data.test, context=3)
    np.testing.assert_allclose(np.exp(found).sum(axis=-1), 1)
    chosen = np.take_along_axis(found, data.test[:, 1:, np.newaxis], -1)[..., 0]
    expected = of_test_text(data)[paper.CONTEXTS.index(3)]
    np.testing.assert_allclose(chosen, expected, rtol=1e-9)


@pytest.mark.exhaustive
def test_the_papers_row(data_dir):
    data = text.load("war_and_peace", data_dir=data_dir)
    nats = -of_test_text(data).mean(axis=(1, 2))
    assert nats == pytest.approx(paper.NGRAMS["war_and_peace"], abs=0.006)
