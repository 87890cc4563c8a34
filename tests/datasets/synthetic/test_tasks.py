"""The tasks that are drawn from a seed: right answers, and what can be known."""

import re
import tracemalloc
from collections import Counter, defaultdict
from functools import partial

import numpy as np
import pytest

from keras_gated.datasets import synthetic

TASKS = {
    "arithmetic": partial(synthetic.arithmetic, digits=3),
    "xml": synthetic.xml,
    "memorization": synthetic.memorization,
    "copying": partial(synthetic.copying, lag=12, length=4),
}

EXPRESSION = re.compile(r"(-?\d+)([+-])(-?\d+)=(-?\d+)\.")


def text_of(data, split="test", row=0):
    return data.vocabulary.decode(getattr(data, split)[row])


def marked(data, split="test", row=0):
    """The symbols that are to be known, `_` in the places of the others."""
    known = [False, *data.known[split][row]]
    pairs = zip(text_of(data, split, row), known, strict=True)
    return "".join(symbol if is_known else "_" for symbol, is_known in pairs)


@pytest.mark.parametrize("name", TASKS)
def test_shapes_and_seeds(name):
    make = partial(TASKS[name], rows=3, windows=4, held_out=2)
    data = make(seed=1)
    steps = 4 * data.window
    assert data.train.shape == (3, steps + 1) and data.train.dtype == np.int32
    assert data.valid.shape == data.test.shape == (3, steps // 2 + 1)
    assert data.known["train"].shape == data.chances["train"].shape == (3, steps)
    assert len({row.tobytes() for row in data.train}) == 3
    assert data.fingerprint == make(seed=1).fingerprint != make(seed=2).fingerprint
    assert not np.array_equal(data.valid, data.test)
    inputs, targets, _ = data.batches("valid")[1]
    np.testing.assert_array_equal(targets[:, :-1], inputs[:, 1:])
    assert (data.chances["test"][data.known["test"]] == 1).all()


def test_longer_streams_of_xml_begin_with_the_shorter_ones():
    short, long = (synthetic.xml(rows=2, windows=w, held_out=1) for w in (2, 3))
    np.testing.assert_array_equal(long.train[:, : short.train.shape[1]], short.train)


@pytest.mark.parametrize("letters", [0.0, 0.5])
def test_answers_are_right(letters):
    data = synthetic.arithmetic(digits=8, letters=letters, rows=2, held_out=200)
    text = text_of(data)
    assert any(c.isalpha() for c in text) == bool(letters)
    plain = re.sub("[a-z]", "", text)
    found = EXPRESSION.findall(plain)
    assert (
        "".join("{}{}{}={}.".format(*e) for e in found) == plain[: plain.rfind(".") + 1]
    )
    for first, operator, second, answer in found:
        sign = 1 if operator == "+" else -1
        assert int(first) + sign * int(second) == int(answer)
        assert str(int(answer)) == answer
    lengths = Counter(len(n.strip("-")) for e in found for n in (e[0], e[2]))
    assert set(lengths) == set(range(1, 9))
    assert {e[0][0] == "-" for e in found} == {True, False}
    answers = [e[3] for e in found]
    assert re.findall(r"[^_]+", marked(data))[: len(answers)] == answers


def test_letters_are_as_frequent_as_asked_for():
    data = synthetic.arithmetic(digits=2, letters=0.75, rows=2, held_out=500)
    questions = [e.partition("=")[0] for e in text_of(data).split(".")[:-1]]
    letters = sum(c.isalpha() for q in questions for c in q)
    # Before each symbol but the first, and before `=`.
    gaps = sum(not c.isalpha() for q in questions for c in q)
    assert letters / gaps == pytest.approx(3, rel=0.05)


def test_a_curriculum_begins_with_short_numbers_and_without_letters():
    data = synthetic.arithmetic(digits=3, curriculum=0.6, rows=2, windows=200)
    text = text_of(data, "train")
    tenth = len(text) // 10
    parts = [
        text[begin * tenth + 40 : end * tenth - 40]
        for begin, end in ((0, 1), (1, 3), (3, 6), (6, 10))
    ]
    longest = [
        max(map(len, re.findall(r"\d+", re.sub("[a-z]|=[^.]*", "", part))))
        for part in parts
    ]
    assert longest == [1, 2, 3, 3]
    letters = [any(c.isalpha() for c in part) for part in parts]
    assert letters == [False, False, False, True]
    held_out = synthetic.arithmetic(digits=3, rows=2, windows=200)
    np.testing.assert_array_equal(data.test, held_out.test)


def test_the_ceiling_of_arithmetic_is_that_of_frequencies():
    """The best guess by the symbols read so far, counted on streams of its own."""
    data = synthetic.arithmetic(
        digits=1, letters=0.3, rows=1, windows=6000, held_out=600
    )
    following, read = defaultdict(Counter), ""
    for symbol in text_of(data, "train"):
        following[read][symbol] += 1
        read = "" if symbol == "." else read + symbol * (not symbol.isalpha())
    guesses, read = [], ""
    for symbol in text_of(data)[:-1]:
        read = "" if symbol == "." else read + symbol * (not symbol.isalpha())
        guesses.append(following[read].most_common(1)[0][0])
    found = data.accuracy("test", data.vocabulary.encode("".join(guesses))[np.newaxis])
    assert found["known"] == 1
    assert data.ceiling("test")["all"] == pytest.approx(found["all"], abs=0.01)


def stack_guesses(text):
    """What someone with a stack guesses of each next symbol of XML."""
    stack, name, closing = [], "", None
    for symbol in text:
        if symbol == "<":
            yield "/" if stack else "a"
            name, closing = "", None
        elif symbol == "/":
            closing = stack.pop() + ">"
            yield closing[0]
        elif symbol == ">":
            stack += [name] if closing is None else []
            yield "<"
        else:
            name += symbol
            yield closing[len(name)] if closing else ">" if len(name) > 1 else "a"


def test_xml_is_well_formed_and_closing_tags_are_known():
    data = synthetic.xml(rows=1, held_out=400)
    text, stack, names = text_of(data), [], []
    for slash, name in re.findall(r"<(/?)([a-z]+)>", text):
        assert 2 <= len(name) <= 10
        if slash:
            assert stack.pop() == name
            names.append(name + ">")
        else:
            stack.append(name)
    assert re.fullmatch(r"(</?[a-z]{2,10}>)*", text[: text.rfind(">") + 1])
    assert re.findall(r"[^_]+", marked(data))[: len(names)] == names


def test_the_ceiling_of_xml_is_that_of_a_stack():
    data = synthetic.xml(rows=1, held_out=20_000)
    guesses = data.vocabulary.encode("".join(stack_guesses(text_of(data)))[:-1])
    found = data.accuracy("test", guesses[np.newaxis])
    assert found["known"] == 1
    expected = float(synthetic.xml_ceiling())
    assert found["all"] == pytest.approx(expected, abs=0.005)
    assert data.ceiling("test")["all"] == pytest.approx(found["all"], abs=0.002)


def test_no_document_opens_a_tag_after_fifty_rounds():
    text = text_of(synthetic.xml(rows=1, held_out=3000))
    rounds, longest, depth = 0, 0, 0
    for slash in re.findall(r"<(/?)[a-z]+>", text):
        rounds += 1
        depth += -1 if slash else 1
        longest = max(longest, depth)
        assert depth <= 50
        rounds = rounds if depth else 0
    assert longest > 10


def test_what_is_copied():
    data = synthetic.copying(lag=7, length=3, symbols=4, rows=1)
    assert data.window == 14
    for begin in range(0, 5 * 14, 14):
        one = text_of(data)[begin : begin + 14]
        assert re.fullmatch(r"([a-d]{3})\.{6}=\1\.", one)
        assert marked(data)[begin : begin + 14] == "_" * 10 + one[:3] + "_"
    assert data.ceiling("test")["all"] == pytest.approx((11 + 3 / 4) / 14)


def test_accuracy_counts_what_is_right():
    data = synthetic.memorization(rows=2, windows=1)
    guesses = data.test[:, 1:].copy()
    guesses[0, np.flatnonzero(data.known["test"][0])[:2]] += 1
    steps, known = guesses.size, data.known["test"].sum()
    found = data.accuracy("test", guesses)
    assert found == pytest.approx({"all": 1 - 2 / steps, "known": 1 - 2 / known})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: synthetic.arithmetic(digits=9), "digits must be from 1 to 8.*=9"),
        (lambda: synthetic.arithmetic(digits=0), "digits must be a positive integer"),
        (lambda: synthetic.arithmetic(curriculum=1), "curriculum must be from 0 to"),
        (lambda: synthetic.arithmetic(letters=-0.1), "letters must be from 0 to"),
        (lambda: synthetic.xml(rows=0), "rows must be a positive integer, received 0"),
        (lambda: synthetic.xml(windows=2.5), "windows must be a positive integer"),
        (lambda: synthetic.arithmetic(letters=0.991), "letters must be from 0 to 0.9"),
        (lambda: synthetic.arithmetic(letters=np.nan), "letters must be from 0 to 0.9"),
        (lambda: synthetic.arithmetic(letters=None), "letters must be from 0 to 0.9"),
        (lambda: synthetic.arithmetic(curriculum="a"), "received 'a'"),
        (
            lambda: synthetic.xml(windows=10**9),
            "windows=1000000000 of 35 steps .* 20 rows .* 700000000000 .* 268435456",
        ),
        (lambda: synthetic.xml(held_out=10**9), "held_out=1000000000 of 35 steps"),
        (lambda: synthetic.xml(window=10**9), "windows=1000 of 1000000000 steps"),
        (lambda: synthetic.xml(rows=65_537), "rows must be at most 65536, .* 65537"),
        (
            lambda: synthetic.memorization(length=10**9),
            "length=1000000000, .* 20 rows of 2000000002 symbols, 40000000040 in all",
        ),
        (lambda: synthetic.copying(length=10**9), "windows=1000 of 2000000101 steps"),
        (lambda: synthetic.copying(lag=10**9), "windows=1000 of 1000000021 steps"),
        (lambda: synthetic.xml(seed=-1), "seed must be an integer of at least 0"),
        (lambda: synthetic.copying(lag=0), "lag must be a positive integer"),
        (lambda: synthetic.copying(symbols=1), "symbols must be from 2 to 26"),
        (lambda: synthetic.memorization(symbols=27), "symbols must be from 2 to 26"),
        (
            lambda: synthetic.memorization(windows=1).accuracy("test", [[1]]),
            r"for each step of test, of the shape \(20, 720\).*\(1, 1\)",
        ),
        (
            lambda: synthetic.memorization(windows=1).ceiling("dev"),
            "Unknown split 'dev'",
        ),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_nothing_is_drawn_for_splits_too_large(monkeypatch):
    def draw(*arguments):
        raise AssertionError("something was drawn")

    monkeypatch.setattr(np.random, "default_rng", draw)
    with pytest.raises(ValueError, match="held_out=1000000000 of 35 steps"):
        synthetic.xml(held_out=10**9)


def test_many_letters_take_no_more_memory_than_few():
    """Of expressions as many are drawn at once as may be needed."""
    peaks = []
    for letters in (0.5, 0.99):
        tracemalloc.start()
        synthetic.arithmetic(letters=letters, rows=1, windows=2000)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


def test_numbers_of_numpy_are_integers_too():
    # Whose product is 0 in this type.
    few, many = np.uint8(16), np.uint8(32)
    data = synthetic.xml(np.int64(1), few, few, many, few)
    assert data.fingerprint == synthetic.xml(1, 16, 16, 32, 16).fingerprint
