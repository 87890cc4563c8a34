import numpy as np
import pytest

from reproduce.ngrams import KneserNey, Sampler
from tests.reproduce.ngrams.test_kneser_ney import TRAIN

MODEL = KneserNey(TRAIN, 5, 4)
DRAWN = 4000


def test_symbols_are_drawn_from_the_distributions():
    for order in (1, 3):
        texts = Sampler(MODEL, order).sample(DRAWN, 4, seed=3)
        found = np.stack(texts)
        assert found.shape == (DRAWN, 4)
        # Every symbol of every context that came up a hundred times.
        for place in range(4):
            heads, which = np.unique(found[:, :place], axis=0, return_inverse=True)
            for number, head in enumerate(heads):
                symbols = found[which.ravel() == number, place]
                if symbols.size < 100:
                    continue
                context = [[*head, 0]]
                (expected,) = MODEL.distributions(context, order, places=[place])
                shares = np.bincount(symbols, minlength=5) / symbols.size
                deviation = np.sqrt(expected * (1 - expected) / symbols.size)
                assert (np.abs(shares - expected) < 5 * deviation).all()


def test_a_sequence_ends_with_the_symbol_that_stops_it():
    texts = Sampler(MODEL).sample(50, 30, stop=1, seed=2)
    for text in texts:
        stops = np.flatnonzero(text == 1).tolist()
        assert stops == [text.size - 1] if text.size < 30 else stops in ([], [29])
    assert len({text.size for text in texts}) > 3


def test_a_seed_repeats_the_draw():
    sampler = Sampler(MODEL)
    one, other = (np.stack(sampler.sample(3, 20, seed=seed)) for seed in (4, 5))
    np.testing.assert_array_equal(one, np.stack(sampler.sample(3, 20, seed=4)))
    assert (one != other).any()


def test_low_temperature_takes_the_most_probable():
    (text,) = Sampler(MODEL).sample(1, 20, temperature=1e-3)
    found = MODEL.distributions([text], 4)
    np.testing.assert_array_equal(found.argmax(axis=1), text)


def test_sequences_go_on_from_their_prompts():
    prompts = np.array([[0, 1, 2]] * DRAWN + [[3, 3, 0]] * DRAWN)
    found = np.stack(Sampler(MODEL).sample(2 * DRAWN, 4, prompts=prompts))
    np.testing.assert_array_equal(found[:, :3], prompts)
    for rows, prompt in ((found[:DRAWN], prompts[0]), (found[DRAWN:], prompts[-1])):
        (expected,) = MODEL.distributions([[*prompt, 0]], 4, places=[3])
        shares = np.bincount(rows[:, 3], minlength=5) / DRAWN
        deviation = np.sqrt(expected * (1 - expected) / DRAWN)
        assert (np.abs(shares - expected) < 5 * deviation).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 0, "length": 2}, "count=0"),
        ({"count": 1, "length": 0}, "length=0"),
        ({"count": 1, "length": 1, "stop": 5}, "0 to 4. Received stop=5"),
        ({"count": 1, "length": 1, "temperature": 0.0}, "temperature=0.0"),
        ({"count": 2, "length": 3, "prompts": [[1]]}, r"\(2, steps\).*\(1, 1\)"),
        ({"count": 1, "length": 1, "prompts": [[1]]}, "1 to 0 steps"),
        ({"count": 1, "length": 2, "prompts": [[5]]}, "from 0 to 4. Received 5 to 5"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Sampler(MODEL).sample(**arguments)
