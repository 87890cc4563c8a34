import pytest

from keras_gated.datasets import tunes
from keras_gated.datasets.text import Vocabulary

TUNE = tunes.Tune(["M:3/4", "K:Gmaj", "G", "2", "B", "d", "G", "2", "|]"])


@pytest.mark.parametrize("kind", ["tokens", "characters"])
def test_what_is_encoded_is_decoded(kind):
    symbols = tunes.symbols(TUNE, kind)
    vocabulary = Vocabulary.of(symbols)
    assert vocabulary.kind == kind
    numbers = vocabulary.encode(symbols)
    assert tunes.first_tokens(vocabulary.decode(numbers)) == TUNE.tokens
    # Of two tunes the first, and of a tune that is cut off what is there.
    twice = [*numbers, *numbers]
    assert tunes.first_tokens(vocabulary.decode(twice)) == TUNE.tokens
    cut = numbers[:-2] if kind == "tokens" else numbers[:-4]
    assert tunes.first_tokens(vocabulary.decode(cut)) == TUNE.tokens[:-1]


def test_no_tune():
    assert tunes.first_tokens("") == tunes.first_tokens([]) == ()
    assert tunes.first_tokens("\n\n") == tunes.first_tokens(["<s>", "</s>"]) == ()


def test_an_unknown_kind():
    with pytest.raises(ValueError, match="Received 'notes'"):
        tunes.symbols(TUNE, "notes")
