import random

import numpy as np
import pytest

from keras_gated.datasets import tunes
from keras_gated.datasets.text import Vocabulary
from keras_gated.datasets.tunes import Tune
from keras_gated.layers import SymbolHead
from keras_gated.models import sequence_model
from reproduce.studies.tunes.writing import (
    TOGETHER,
    encode_header,
    end_of,
    read_tune,
    write_tunes,
)
from tests.reproduce.tunes.tiny import HEADERS, task_of


def model_of(vocabulary, end=0.0):
    """A model with drawn weights, and the logit of the end of tunes."""
    random.seed(0)
    head = SymbolHead(len(vocabulary))
    model = sequence_model("gru", 5, head, len(vocabulary), one_hot=True)
    bias = np.zeros(len(vocabulary), "float32")
    bias[end_of(vocabulary)] = end
    head.bias.assign(bias)
    return model


@pytest.mark.parametrize("kind", ["tokens", "characters"])
def test_tunes_begin_with_their_headers(kind):
    vocabulary = task_of(kind).vocabulary
    headers = (HEADERS * TOGETHER)[: TOGETHER + 2]
    model = model_of(vocabulary, end=-50.0)
    written = write_tunes(model, vocabulary, headers, 40, seed=1)
    for one, (meter, key) in zip(written, headers, strict=True):
        assert one.tune.tokens[:2] == (f"M:{meter}", f"K:{key}")
        assert len(one.tune.tokens) <= 42
    assert len({one.tune.tokens for one in written}) > 0.9 * len(written)
    assert write_tunes(model, vocabulary, headers, 40, seed=1) == written
    other = write_tunes(model, vocabulary, headers, 40, seed=2)
    assert other != written


@pytest.mark.parametrize("kind", ["tokens", "characters"])
def test_a_tune_ends_where_its_end_is_drawn(kind):
    vocabulary = task_of(kind).vocabulary
    end = tunes.symbols(Tune(()), kind)[-1:]
    np.testing.assert_array_equal(vocabulary.encode(end), [end_of(vocabulary)])
    model = model_of(vocabulary, end=4.0)
    written = write_tunes(model, vocabulary, HEADERS * 20, 200, seed=0)
    assert all(one.ended for one in written)
    assert len({len(one.tune.tokens) for one in written}) > 1
    endless = model_of(vocabulary, end=-50.0)
    assert not any(one.ended for one in write_tunes(endless, vocabulary, HEADERS, 9))


@pytest.mark.parametrize("kind", ["tokens", "characters"])
def test_what_was_written_is_read(kind):
    task = task_of(kind)
    for tune, inputs, targets in zip(
        task.of("test"), *task.splits["test"], strict=True
    ):
        whole = [*inputs, targets[-1]]
        written = read_tune(task.vocabulary, whole)
        assert (written.tune.tokens, written.ended) == (tune.tokens, True)
        assert not read_tune(task.vocabulary, whole[:-1]).ended
        header = encode_header(task.vocabulary, (tune.meter, tune.key))
        np.testing.assert_array_equal(header, inputs[: len(header)])


def test_what_the_model_does_not_know_is_refused():
    vocabulary = task_of().vocabulary
    for header, message in (
        (("9/8", "Dmaj"), r"in the meter '9/8'. It knows: 2/4, 3/4\."),
        (("2/4", "Ebmaj"), r"in the key 'Ebmaj'. It knows: Dmaj, Gmaj\."),
    ):
        with pytest.raises(ValueError, match=message):
            write_tunes(None, vocabulary, [HEADERS[0], header], 5)
    characters = Vocabulary.of("\n MK:24/Dmaj")
    with pytest.raises(ValueError, match="'G', line 2, column 9, is not in"):
        encode_header(characters, ("2/4", "Gmaj"))
