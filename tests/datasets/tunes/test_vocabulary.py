import pytest

from keras_gated.datasets import tunes

TUNE = tunes.Tune(["M:3/4", "K:Gmaj", "G", "2", "B", "d", "G", "2", "|]"])


@pytest.mark.parametrize("of", ["tokens", "characters"])
def test_what_is_encoded_is_decoded(of):
    vocabulary = getattr(tunes.Vocabulary, f"of_{of}")([TUNE])
    symbols = TUNE.tokens if of == "tokens" else tunes.text(TUNE.tokens)
    numbers = vocabulary.encode(symbols)
    assert numbers[0] == 0 and numbers[-1] == 1
    assert vocabulary.decode(numbers) == list(symbols)
    assert vocabulary.decode([*numbers, 2, 3]) == list(symbols)
    assert len(vocabulary) == 2 + len(set(symbols))
    assert all(symbol in vocabulary for symbol in symbols)
    assert tunes.Vocabulary(vocabulary.symbols[2:]).symbols == vocabulary.symbols


def test_text_has_the_tokens():
    assert tuple(tunes.text(TUNE.tokens).split()) == TUNE.tokens


def test_symbols_outside():
    vocabulary = tunes.Vocabulary("ab")
    with pytest.raises(ValueError, match="'c', symbol 1, is none of the vocabulary of"):
        vocabulary.encode("ac")
    for number in (4, -1):
        with pytest.raises(ValueError, match=f"{number} at the index 1 is no number"):
            vocabulary.decode([2, number])
    with pytest.raises(ValueError, match="Received 2, of them 1 different"):
        tunes.Vocabulary("aa")
    with pytest.raises(ValueError, match="at least one"):
        tunes.Vocabulary("")
