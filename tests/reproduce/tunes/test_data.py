import numpy as np
import pytest

from keras_gated.datasets import tunes
from keras_gated.datasets.tunes import Refusal
from reproduce.studies.tunes.data import load_task, tune_task
from reproduce.task import SPLITS
from tests.reproduce.tunes.tiny import DATA, data_of, task_of


@pytest.mark.parametrize("kind", ["tokens", "characters"])
def test_a_tune_is_its_symbols_and_their_successors(kind):
    task = task_of(kind)
    assert task.encoding == kind
    for split in SPLITS:
        for tune, inputs, targets in zip(
            task.of(split), *task.splits[split], strict=True
        ):
            symbols = tunes.symbols(tune, kind)
            found = task.vocabulary.decode(np.append(inputs, targets[-1:]))
            assert found == symbols
            np.testing.assert_array_equal(inputs[1:], targets[:-1])
    assert task.output_size == task.input_size == len(task.vocabulary)
    assert task.longest == max(len(t) for t in task.splits["train"][1])


def test_notes_are_those_that_are_written():
    # Each bar of two or three quarters has as many notes; repeats count once.
    expected = {
        split: sum({"2/4": 16, "3/4": 24}[t.meter] for t in task_of().of(split))
        for split in SPLITS
    }
    assert task_of().notes == task_of("characters").notes == expected


def test_the_other_vocabulary_has_the_same_tunes():
    task = task_of()
    other = task.in_vocabulary("characters")
    assert other.tunes is task.tunes and other.encoding == "characters"
    assert other.in_vocabulary("characters") is other
    assert task.identity | {"encoding": "characters"} == other.identity


@pytest.mark.parametrize("split", SPLITS)
def test_an_empty_collection_is_refused(split):
    refusal = Refusal("several voices", "line 3, column 1", "book.abc")
    data = data_of(**{split: 0}, refusals=[refusal])
    message = rf"none for '{split}'; 1 were not understood.*book.abc, line 3, column 1"
    with pytest.raises(ValueError, match=message):
        tune_task(data, "tokens")


def test_an_unknown_vocabulary_is_refused():
    with pytest.raises(ValueError, match="Received 'words'"):
        tune_task(DATA, "words")


@pytest.mark.exhaustive
def test_the_real_tunes(data_dir):
    task = load_task("nottingham", "", data_dir)
    assert task.encoding == "tokens"
    assert [len(task.of(split)) for split in SPLITS] == [825, 103, 103]
    assert task.input_size == 125
