"""Losses and mixtures against SciPy, whatever is padded and however it is ordered."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from keras_gated import mixture
from keras_gated.layers import BernoulliHead, MDNHead
from keras_gated.losses import BernoulliNLL, MixtureNLL
from tests.properties.examples import SEEDS, few_or_many
from tests.tiers import EXHAUSTIVE

FEW = 4
SIZES = st.sampled_from(
    [(3, 4, 2, 3), (1, 1, 1, 1), *([(2, 5, 3, 1), (1, 3, 1, 4)] if EXHAUSTIVE else [])]
)
"""Batch, time, event size and components."""

SCALES = st.sampled_from([0.1, 1.0, 5.0])


@st.composite
def sequences(draw):
    batch, time, event, components = draw(SIZES)
    rng, scale = np.random.default_rng(draw(SEEDS)), draw(SCALES)
    valid = np.arange(time) < rng.integers(0, time + 1, (batch, 1))
    valid[rng.integers(batch), 0] = True
    packed = components * (1 + 2 * event)
    return {
        "rng": rng,
        "bits": rng.integers(0, 2, (batch, time, event)).astype("float32"),
        "logits": rng.normal(0, scale, (batch, time, event)).astype("float32"),
        "events": rng.normal(0, scale, (batch, time, event)).astype("float32"),
        "packed": rng.normal(0, scale, (batch, time, packed)).astype("float32"),
        "components": components,
        "weight": valid.astype("float32"),
    }


def bernoulli_by_scipy(bits, logits):
    probability = special.expit(logits.astype("float64"))
    return -stats.bernoulli.logpmf(bits, probability).sum(axis=-1)


def mixture_by_scipy(events, packed, components):
    """Minus the log-density of each event, from SciPy's normal distribution."""
    event_size = events.shape[-1]
    logits, means, raw = np.split(
        packed.astype("float64"),
        [components, components * (1 + event_size)],
        axis=-1,
    )
    shape = (*events.shape[:-1], components, event_size)
    floor = np.sqrt(np.finfo("float32").eps)
    scales = np.logaddexp(0, raw).reshape(shape) + floor
    each = stats.norm.logpdf(events[..., None, :], means.reshape(shape), scales)
    weights = special.log_softmax(logits, axis=-1)
    return -special.logsumexp(weights + each.sum(axis=-1), axis=-1)


def cases(drawn):
    """Loss, targets, predictions and SciPy's nats per step, of both likelihoods."""
    bits, logits = drawn["bits"], drawn["logits"]
    events, packed = drawn["events"], drawn["packed"]
    nats = mixture_by_scipy(events, packed, drawn["components"])
    return (
        (BernoulliNLL(), bits, logits, bernoulli_by_scipy(bits, logits)),
        (MixtureNLL(drawn["components"]), events, packed, nats),
    )


def value(loss, *arguments):
    return float(keras.ops.convert_to_numpy(loss(*arguments)))


@few_or_many(few=FEW, many=200)
@given(drawn=sequences())
def test_losses_are_means_of_scipy(drawn):
    weight = drawn["weight"]
    for loss, y_true, y_pred, nats in cases(drawn):
        expected = np.sum(nats * weight) / np.sum(weight)
        found = value(loss, y_true, y_pred, weight)
        assert found == pytest.approx(expected, rel=2e-4, abs=1e-4)


@few_or_many(few=FEW, many=200)
@given(drawn=sequences(), more=st.sampled_from([1, 3]))
def test_neither_padding_nor_its_content_counts(drawn, more):
    weight, rng = drawn["weight"], drawn["rng"]
    longer = np.pad(weight, ((0, 1), (0, more)))
    for loss, y_true, y_pred, _ in cases(drawn):
        y_true, y_pred = (
            np.pad(
                np.where(weight[..., None] > 0, array, 0), ((0, 1), (0, more), (0, 0))
            )
            for array in (y_true, y_pred)
        )
        clean = value(loss, y_true[:-1, :-more], y_pred[:-1, :-more], weight)
        for array in (y_true, y_pred):
            array[longer == 0] = rng.choice([np.nan, np.inf, -7.0])
        assert value(loss, y_true, y_pred, longer) == pytest.approx(clean, rel=1e-5)


@few_or_many(few=FEW, many=200)
@given(drawn=sequences())
def test_the_order_of_sequences_does_not_count(drawn):
    weight = drawn["weight"]
    order = drawn["rng"].permutation(len(weight))
    for loss, y_true, y_pred, _ in cases(drawn):
        moved = value(loss, y_true[order], y_pred[order], weight[order])
        assert moved == pytest.approx(value(loss, y_true, y_pred, weight), rel=1e-5)


@few_or_many(few=FEW, many=200)
@given(drawn=sequences())
def test_log_prob_is_that_of_scipy(drawn):
    events, packed, components = (drawn[k] for k in ("events", "packed", "components"))
    found = keras.ops.convert_to_numpy(mixture.log_prob(packed, events, components))
    expected = -mixture_by_scipy(events, packed, components)
    np.testing.assert_allclose(found, expected, rtol=2e-4, atol=1e-4)


@few_or_many(few=FEW, many=100)
@given(drawn=sequences())
def test_heads_draw_what_they_describe(drawn):
    """Shapes and ranges; the frequencies have a test of their own."""
    event = drawn["bits"].shape[-1]
    bernoulli, mdn = BernoulliHead(event), MDNHead(drawn["components"], event)
    bits = keras.ops.convert_to_numpy(bernoulli.sample(drawn["logits"], seed=1))
    assert bits.shape == drawn["bits"].shape and set(np.unique(bits)) <= {0, 1}
    likely = keras.ops.convert_to_numpy(bernoulli.mode(drawn["logits"]))
    np.testing.assert_array_equal(likely, drawn["logits"] > 0)
    drawn_events = keras.ops.convert_to_numpy(mdn.sample(drawn["packed"], seed=1))
    assert drawn_events.shape == drawn["events"].shape
    assert np.isfinite(drawn_events).all()
    log_weights, _, scales = mdn.unpack(drawn["packed"])
    sums = keras.ops.convert_to_numpy(keras.ops.sum(keras.ops.exp(log_weights), -1))
    np.testing.assert_allclose(sums, 1, rtol=1e-5)
    assert keras.ops.convert_to_numpy(scales).min() > 0
