import numpy as np
import pytest

from reproduce.ngrams import KneserNey
from tests.reproduce.ngrams.naive import START, Naive

ORDER = 5


def words(seed, count=30, symbols=4, longest=40):
    """Sequences in which some n-grams are rare, and some are not."""
    generator = np.random.default_rng(seed)
    weights = generator.dirichlet(np.full(symbols, 0.4), size=(symbols, symbols))
    found = []
    for _ in range(count):
        text = [0, 0]
        for _ in range(generator.integers(1, longest)):
            text.append(int(generator.choice(symbols, p=weights[text[-2], text[-1]])))
        found.append(text[2:])
    return found


TRAIN = words(0)
UNSEEN = [*words(1, 6), [3], [4, 4, 0, 4]]
SYMBOLS = 5
"""One more than the training text has."""


@pytest.fixture(scope="module")
def model():
    return KneserNey(TRAIN, SYMBOLS, ORDER)


def test_probabilities_are_those_of_the_definition(model):
    naive = Naive(TRAIN, SYMBOLS, ORDER)
    expected = [
        [
            naive.probability((START, *text[:place]), symbol, order)
            for text in UNSEEN
            for place, symbol in enumerate(text)
        ]
        for order in range(1, ORDER + 1)
    ]
    found = np.exp(model.log_probabilities(UNSEEN))
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    # Neither all seen nor all backed off, at the highest order too.
    assert 0.1 < (found[-1] > found[0]).mean() < 0.9


@pytest.mark.parametrize("order", range(1, ORDER + 1))
def test_a_context_adds_up_to_one(model, order):
    found = model.distributions(UNSEEN, order)
    assert found.min() > 0
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)
    # Another way to the same numbers.
    there = np.exp(model.log_probabilities(UNSEEN)[order - 1])
    symbols = np.concatenate(UNSEEN)
    np.testing.assert_allclose(found[np.arange(symbols.size), symbols], there)


def test_the_beginning_of_a_sequence_is_known():
    # Every sequence begins with 1, which is rare elsewhere.
    model = KneserNey([[1, 0, 0, 2, 0, 0, 2, 2]] * 20, 3, 3)
    (first, later) = model.distributions([[0, 0, 0, 0]], 3, places=[0, 3])
    assert first[1] > 0.9 > 0.1 > later[1]


def test_sequences_do_not_reach_into_each_other():
    apart = KneserNey([[1, 0]] * 50, 2, 2)
    # Nothing stands behind 0, and both stand behind one thing.
    assert apart.distributions([[0, 0]], 2, places=[1])[0, 1] == 0.5
    together = KneserNey([[1, 0] * 50], 2, 2)
    assert together.distributions([[0, 0]], 2, places=[1])[0, 1] > 0.8


def test_all_orders_are_those_of_models_of_their_own(model):
    together = model.log_probabilities(UNSEEN)
    for order in range(1, ORDER):
        alone = KneserNey(TRAIN, SYMBOLS, order).log_probabilities(UNSEEN)
        np.testing.assert_allclose(alone, together[:order], rtol=1e-12)


def test_places_are_rows_of_all(model):
    everywhere = model.distributions(UNSEEN, 3)
    some = model.distributions(UNSEEN, 3, places=[7, 0, 7])
    np.testing.assert_array_equal(some, everywhere[[7, 0, 7]])


def test_more_symbols_than_a_byte_holds():
    sequence = np.arange(300) % 300
    model = KneserNey([sequence, sequence], 300, 2)
    found = np.exp(model.log_probabilities([sequence]))
    assert (found[1, 1:] > 0.3).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], 2, 2), "no sequence"),
        (([[]], 2, 2), "Sequence 0 must be a row of integers"),
        (([[0], [0.5]], 2, 2), "Sequence 1 must be a row of integers.*float64"),
        (([[[0]]], 2, 2), r"Received shape \(1, 1\)"),
        (([[0, 2]], 2, 2), "symbols from 0 to 2; the vocabulary has 0 to 1"),
        (([[-1]], 2, 2), "symbols from -1"),
        (([[0]], 0, 2), "symbols=0"),
        (([[0]], 1, 0), "order=0"),
        (([[0]], 1, 255), "1 to 255 symbols. Received depth=256"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        KneserNey(*arguments)


def test_what_the_model_has_not_is_refused(model):
    with pytest.raises(ValueError, match=r"1 to 5 symbols\. Received order=6"):
        model.distributions(UNSEEN, 6)
    with pytest.raises(ValueError, match="from 7 to 7; the vocabulary has 0 to 4"):
        model.log_probabilities([[7]])
    with pytest.raises(ValueError, match="places must lie between 0 and 0"):
        model.distributions([[0]], 2, places=[1])
    with pytest.raises(ValueError, match="row of integers"):
        model.distributions([[0]], 2, places=[0.5])
