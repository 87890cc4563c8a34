import numpy as np
import pytest
from keras import ops
from scipy import special

from keras_gated import mixture
from keras_gated.losses import BernoulliNLL, MixtureNLL
from tests.gradients import finite_differences, value_and_gradients
from tests.random_steps import (
    BATCH,
    COMPONENTS,
    EVENT,
    LOSSES,
    TIME,
    per_step,
    predictions,
    right_padded,
    targets,
)

GARBAGE = [np.nan, np.inf, -np.inf, 1e38]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def bernoulli_by_hand(y_true, logits):
    """Nats per step, in float64: minus the log of the probability of each bit."""
    y_true, logits = y_true.astype("float64"), logits.astype("float64")
    p = special.expit(logits)
    return -np.sum(y_true * np.log(p) + (1 - y_true) * np.log1p(-p), axis=-1)


# Values


def test_bernoulli_is_the_hand_sum(rng):
    loss = BernoulliNLL()
    y_true, y_pred = targets(rng), predictions(loss, rng)
    reference = bernoulli_by_hand(y_true, y_pred)
    assert per_step(loss, y_true, y_pred).shape == (BATCH, TIME)
    np.testing.assert_allclose(per_step(loss, y_true, y_pred), reference, rtol=1e-5)
    assert float(loss(y_true, y_pred)) == pytest.approx(reference.mean(), rel=1e-5)


def test_bernoulli_takes_probabilities_as_targets(rng):
    loss = BernoulliNLL()
    y_true, y_pred = rng.uniform(size=(BATCH, TIME, EVENT)), predictions(loss, rng)
    np.testing.assert_allclose(
        per_step(loss, y_true, y_pred),
        bernoulli_by_hand(y_true, y_pred),
        rtol=1e-5,
    )


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "float64"])
def test_targets_of_any_dtype(rng, dtype):
    loss = BernoulliNLL()
    y_true, y_pred = targets(rng), predictions(loss, rng)
    given = float(loss(y_true.astype(dtype), y_pred))
    assert given == float(loss(y_true, y_pred))


@pytest.mark.parametrize("logit", [1e4, -1e4])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_bernoulli_at_extreme_logits(logit, target):
    y_true = np.full((1, 1, 88), target)
    value, (gradient,) = value_and_gradients(
        lambda logits: BernoulliNLL()(y_true, logits), np.full((1, 1, 88), logit)
    )
    right = (logit > 0) == (target == 1)
    assert value == pytest.approx(0 if right else 88e4)
    np.testing.assert_allclose(gradient, 0 if right else np.sign(logit))


def test_bernoulli_gradient_at_logit_zero():
    _, (gradient,) = value_and_gradients(
        lambda logits: BernoulliNLL()(np.ones((1, 1, 2)), logits), np.zeros((1, 1, 2))
    )
    np.testing.assert_allclose(gradient, -0.5)


def test_mixture_is_minus_the_log_density(rng):
    loss = MixtureNLL()
    y_true, y_pred = targets(rng), predictions(loss, rng)
    log_prob = ops.convert_to_numpy(mixture.log_prob(y_pred, y_true, COMPONENTS))
    np.testing.assert_allclose(per_step(loss, y_true, y_pred), -log_prob, rtol=1e-6)


def test_ten_standard_normals_cost_their_entropy(rng):
    frames = rng.normal(size=(100, 1000, 10))
    raw_scale = np.log(np.expm1(1.0))
    packed = np.concatenate([np.zeros(11), np.full(10, raw_scale)])
    packed = np.broadcast_to(packed, (100, 1000, 21))
    entropy = 5 * np.log(2 * np.pi * np.e)
    assert entropy == pytest.approx(14.19, abs=0.005)
    nats = float(MixtureNLL()(frames, packed))
    assert nats == pytest.approx(entropy, abs=4 * np.sqrt(5 / 1e5))


def test_density_can_exceed_one():
    packed = np.full((1, 1, 3), -5.0)
    assert float(MixtureNLL()(packed[..., :1], packed)) < -3


# Reduction and sample weights


@pytest.mark.parametrize("loss", LOSSES, ids=["bernoulli", "mixture"])
def test_mean_over_the_weighted_steps(rng, loss):
    y_true, y_pred = targets(rng), predictions(loss, rng)
    weight = rng.uniform(size=(BATCH, TIME))
    steps = per_step(loss, y_true, y_pred)
    by_hand = (steps * weight).sum() / weight.sum()
    assert float(loss(y_true, y_pred, weight)) == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize(
    ("shape", "aligned"),
    [
        ((BATCH,), (BATCH, 1)),
        ((BATCH, 1), (BATCH, 1)),
        ((BATCH, TIME, 1), (BATCH, TIME)),
        ((), (1, 1)),
    ],
)
def test_weights_of_whole_sequences_count_all_their_steps(rng, shape, aligned):
    loss = BernoulliNLL()
    y_true, y_pred = targets(rng), predictions(loss, rng)
    weight = rng.uniform(size=shape)
    by_hand = np.average(
        bernoulli_by_hand(y_true, y_pred),
        weights=np.broadcast_to(weight.reshape(aligned), (BATCH, TIME)),
    )
    assert float(loss(y_true, y_pred, weight)) == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize("weight_shape", [(BATCH,), (BATCH, 1)])
def test_events_without_a_time_axis(rng, weight_shape):
    loss = BernoulliNLL()
    y_true, y_pred = targets(rng)[:, 0], predictions(loss, rng)[:, 0]
    weight = rng.uniform(size=weight_shape)
    by_hand = np.average(bernoulli_by_hand(y_true, y_pred), weights=weight.ravel())
    assert float(loss(y_true, y_pred, weight)) == pytest.approx(by_hand, rel=1e-5)


def test_mask_as_sample_weight(rng):
    loss = BernoulliNLL()
    y_true, y_pred, valid = targets(rng), predictions(loss, rng), right_padded(rng)
    by_mask = float(loss(y_true, y_pred, valid.astype(bool)))
    assert by_mask == float(loss(y_true, y_pred, valid))


@pytest.mark.parametrize(
    ("reduction", "reduce"),
    [
        ("sum", lambda steps, weight: np.sum(steps * weight)),
        ("sum_over_batch_size", lambda steps, weight: np.mean(steps * weight)),
        ("mean", lambda steps, weight: np.mean(steps * weight)),
        ("none", lambda steps, weight: steps * weight),
        (None, lambda steps, weight: steps * weight),
    ],
)
def test_other_reductions_are_those_of_keras(rng, reduction, reduce):
    loss = BernoulliNLL(reduction=reduction)
    y_true, y_pred, valid = targets(rng), predictions(loss, rng), right_padded(rng)
    np.testing.assert_allclose(
        ops.convert_to_numpy(loss(y_true, y_pred, valid)),
        reduce(bernoulli_by_hand(y_true, y_pred), valid),
        rtol=1e-5,
    )


@pytest.mark.parametrize("loss", LOSSES, ids=["bernoulli", "mixture"])
def test_garbage_at_weight_zero_changes_nothing(rng, loss):
    y_true, y_pred, valid = targets(rng), predictions(loss, rng), right_padded(rng)
    padding = valid == 0
    dirty_true, dirty_pred = y_true.copy(), y_pred.copy()
    dirty_true[padding] = rng.choice(GARBAGE, size=dirty_true[padding].shape)
    dirty_pred[padding] = rng.choice(GARBAGE, size=dirty_pred[padding].shape)

    clean = value_and_gradients(lambda t, p: loss(t, p, valid), y_true, y_pred)
    dirty = value_and_gradients(lambda t, p: loss(t, p, valid), dirty_true, dirty_pred)
    assert np.isfinite(clean[0]) and clean[0] == dirty[0]
    for clean_gradient, dirty_gradient in zip(clean[1], dirty[1], strict=True):
        np.testing.assert_array_equal(clean_gradient, dirty_gradient)
        assert np.all(dirty_gradient[padding] == 0)
        assert np.any(dirty_gradient[~padding] != 0)


@pytest.mark.parametrize("loss", LOSSES, ids=["bernoulli", "mixture"])
def test_weight_zero_is_absence(rng, loss):
    y_true, y_pred, valid = targets(rng), predictions(loss, rng), right_padded(rng)
    kept = valid == 1
    padded = float(loss(y_true, y_pred, valid))
    assert padded == pytest.approx(float(loss(y_true[kept], y_pred[kept])), rel=1e-5)


@pytest.mark.parametrize("loss", LOSSES, ids=["bernoulli", "mixture"])
def test_no_valid_step_costs_nothing(rng, loss):
    y_true, y_pred = targets(rng), predictions(loss, rng)
    y_pred[0] = np.nan
    weight = np.zeros((BATCH, TIME))
    value, (gradient,) = value_and_gradients(lambda p: loss(y_true, p, weight), y_pred)
    assert value == 0
    np.testing.assert_array_equal(gradient, np.zeros_like(y_pred))


# Gradients


@pytest.mark.parametrize("loss_class", [BernoulliNLL, MixtureNLL])
def test_gradient_is_that_of_finite_differences(float64, rng, loss_class):
    loss = loss_class(reduction="sum")
    assert loss.dtype == "float64"
    y_true, valid = targets(rng), right_padded(rng)
    y_pred = predictions(loss, rng).astype("float64")
    _, (gradient,) = value_and_gradients(lambda p: loss(y_true, p, valid), y_pred)
    reference = finite_differences(
        lambda p: float(ops.convert_to_numpy(loss(y_true, p, valid))), y_pred
    )
    np.testing.assert_allclose(gradient, reference, atol=1e-8)


# Bad input


@pytest.mark.parametrize(
    ("true_shape", "pred_shape"),
    [
        ((4, 6, 3), (4, 6, 4)),
        ((4, 6), (4, 6, 1)),
        ((4, 6, 3), (4, 5, 3)),
        ((1, 6, 3), (4, 6, 3)),
        ((3,), (3,)),
    ],
)
def test_bernoulli_refuses_other_shapes(true_shape, pred_shape):
    with pytest.raises(ValueError, match="BernoulliNLL needs y_true and y_pred") as e:
        BernoulliNLL()(np.zeros(true_shape), np.zeros(pred_shape))
    assert str(true_shape) in str(e.value) and str(pred_shape) in str(e.value)


@pytest.mark.parametrize(
    ("components", "true_shape", "pred_shape", "needed"),
    [
        (None, (4, 6, 3), (4, 6, 15), r"components \* \(1 \+ 2 \* event_size\)"),
        (None, (4, 6, 3), (4, 6, 6), r"components \* \(1 \+ 2 \* event_size\)"),
        (3, (4, 6, 3), (4, 6, 14), r"3 \* \(1 \+ 2 \* event_size\)"),
        (None, (4, 6), (4, 6, 14), r"components \* \(1 \+ 2 \* event_size\)"),
        (None, (4, 5, 3), (4, 6, 14), r"components \* \(1 \+ 2 \* event_size\)"),
    ],
)
def test_mixture_refuses_other_shapes(components, true_shape, pred_shape, needed):
    with pytest.raises(ValueError, match=needed) as e:
        MixtureNLL(components)(np.zeros(true_shape), np.zeros(pred_shape))
    assert str(true_shape) in str(e.value) and str(pred_shape) in str(e.value)


@pytest.mark.parametrize("shape", [(TIME,), (BATCH, TIME + 1), (BATCH, TIME, EVENT)])
def test_sample_weight_of_another_shape(shape):
    zeros = np.zeros((BATCH, TIME, EVENT))
    with pytest.raises(ValueError, match="sample_weight of shape") as e:
        BernoulliNLL()(zeros, zeros, np.ones(shape))
    assert str(shape) in str(e.value) and str(zeros.shape) in str(e.value)


@pytest.mark.parametrize("components", [0, -2])
def test_components_must_be_positive(components):
    with pytest.raises(ValueError, match="positive number of components"):
        MixtureNLL(components)
