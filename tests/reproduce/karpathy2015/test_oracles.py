import numpy as np

from reproduce.studies.karpathy2015.analysis.oracles import (
    NEVER,
    boost_oracle,
    count_words,
    memory_oracle,
    new_word_oracle,
    ngram_oracle,
    punctuation_oracle,
    rare_word_oracle,
    words,
)
from tests.reproduce.karpathy2015.texts import streams_of


def shown(oracle):
    """The first setting under each character, `.` for none and where it is given."""
    return [
        "." + "".join("." if n == NEVER else str(n) for n in row)
        for row in oracle.first
    ]


def test_ngrams_serve_from_the_shortest_on():
    probabilities = np.array([[[0.6, 0.2, 0.5]], [[0.7, 0.51, 0.5]], [[0.1, 0.9, 0.5]]])
    oracle = ngram_oracle(probabilities)
    assert oracle.settings == ("1", "2", "3")
    assert shown(oracle) == [".01."]


def test_memory_of_words():
    text = "cat xcaty cat, a cat"
    #       0  3     9   13  17: the last `cat` is 7 behind the one before.
    assert shown(memory_oracle(streams_of(text), sizes=(6, 7, 12))) == [
        "...........00.....11"
    ]
    # The nearest one counts, and it must lie in the memory as a whole.
    assert shown(memory_oracle(streams_of(text), sizes=(2, 6))) == [
        "...........11......."
    ]


def test_memory_begins_with_the_stream():
    oracle = memory_oracle(streams_of("one two", "two one"))
    assert shown(oracle) == ["......."] * 2


def test_a_word_is_no_memory_of_itself():
    assert shown(memory_oracle(streams_of("aaaa aa"))) == ["......0"]


def test_rare_words_have_all_their_characters():
    counts = {b"the": 9, b"red": 1, b"fox": 3}
    text = streams_of("the red fox_ fox")
    assert shown(rare_word_oracle(text, counts, most=(0, 1, 3))) == ["....111.0000.222"]
    # A word at the beginning of a stream, whose first character is given.
    assert shown(rare_word_oracle(streams_of("dog the"), counts)) == [".00...."]


def test_new_words_begin_after_three_characters():
    assert shown(new_word_oracle(streams_of('a b "c\nd'))) == ["..0.01.2"]


def test_punctuation_is_what_is_no_letter():
    assert shown(punctuation_oracle(streams_of("a, b.\n{1}"))) == [".0..0.0.0"]


def test_boosts_lift_to_one_half():
    oracle = boost_oracle(np.array([[0.0, 0.1, 0.25, 0.4, 0.45]]))
    assert oracle.settings == ("0.1", "0.2", "0.3", "0.4", "0.5")
    assert shown(oracle) == [".43200"]


def test_words_of_training():
    assert words(b"it's a_1-b, Ab.") == [b"it", b"s", b"a_1", b"b", b"Ab"]
    counts = count_words(streams_of("ab ab c", "c ab cd"))
    assert counts == {b"ab": 3, b"c": 2, b"cd": 1}
