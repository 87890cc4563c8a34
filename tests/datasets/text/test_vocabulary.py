import json

import numpy as np
import pytest

from keras_gated.datasets.text import Vocabulary

TEXTS = [b"to be\r\n\xef\xbb\xbf", "naïve 𝄞 text\n", ["K:D", "A", "|", "A2", "|"]]


@pytest.mark.parametrize("text", TEXTS, ids=["bytes", "characters", "tokens"])
def test_there_and_back(text):
    vocabulary = Vocabulary.of(text)
    numbers = vocabulary.encode(text)
    assert numbers.dtype == np.int32 and numbers.shape == (len(text),)
    assert [vocabulary.symbols[n] for n in numbers] == list(text)
    assert vocabulary.decode(numbers) == text
    assert vocabulary.decode(numbers[:0]) == text[:0]
    assert vocabulary.encode(text[:0]).shape == (0,)
    assert list(vocabulary.symbols) == sorted(set(text))
    assert len(vocabulary) == len(set(text)) and text[0] in vocabulary


@pytest.mark.parametrize("text", TEXTS, ids=["bytes", "characters", "tokens"])
def test_config_is_json(text):
    vocabulary = Vocabulary.of(text)
    config = json.loads(json.dumps(vocabulary.get_config()))
    again = Vocabulary.from_config(config)
    assert again == vocabulary and hash(again) == hash(vocabulary)
    assert again != Vocabulary(vocabulary.symbols[::-1], vocabulary.kind)


def test_the_order_of_symbols_is_that_of_their_numbers():
    assert Vocabulary("cab").encode("abc").tolist() == [1, 2, 0]


def test_bytes_take_a_str_as_utf8():
    vocabulary = Vocabulary.of("é!".encode())
    assert vocabulary.decode(vocabulary.encode("é!")).decode() == "é!"


@pytest.mark.parametrize(
    ("known", "text", "message"),
    [
        ("ab\n", "ab\nabcd", r"'c', line 2, column 3, is not in .* of 3 characters. 1"),
        ("ab\n", "€", "'€', line 1, column 1, is not in the vocabulary"),
        (b"ab", b"a\x80", "byte 128, line 1, column 2, is not in .* of 2 bytes.$"),
        (["A", "B"], ["A", "B", "Z"], "'Z', token 2, is not in .* of 2 tokens"),
    ],
)
def test_an_unknown_symbol_is_named_with_its_place(known, text, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary.of(known).encode(text)


@pytest.mark.parametrize("text", [b"ab", ["a", "b"]])
def test_another_kind_of_text_is_refused(text):
    with pytest.raises(ValueError, match=r"of characters encodes a str\. Received"):
        Vocabulary("ab").encode(text)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([0, 2], "2, at index 1, is no number of a symbol: the vocabulary has 0 to 1"),
        ([-1], "-1, at index 0"),
        ([0.5], "integers of shape .* dtype float64"),
        ([[0]], r"shape \(1, 1\)"),
    ],
)
def test_numbers_of_no_symbol_are_refused(numbers, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary("ab").decode(numbers)


@pytest.mark.parametrize(
    ("symbols", "kind", "message"),
    [
        ("a", "characters", "from 2 to 65536 symbols. Received 1: 'a'"),
        ("", "characters", "Received 0"),
        (map(str, range(1 << 17)), "tokens", "Received 131072"),
        ("aba", "characters", "'a' is twice"),
        (["a", "bc"], "characters", "Symbol 1 is 'bc', which is none of characters"),
        ([1, 256], "bytes", "Symbol 1 is byte 256, which is none of bytes"),
        ([True, 2], "bytes", "none of bytes"),
        (["a", 1], "tokens", "Symbol 1 is byte 1, which is none of tokens"),
        ("ab", "words", "Unknown kind 'words'"),
    ],
)
def test_bad_symbols(symbols, kind, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary(symbols, kind)


@pytest.mark.parametrize(
    "config", [{}, [], {"kind": "bytes"}, {"kind": "bytes", "symbols": "ab"}]
)
def test_bad_configs(config):
    with pytest.raises(ValueError, match="of a vocabulary"):
        Vocabulary.from_config(config)
