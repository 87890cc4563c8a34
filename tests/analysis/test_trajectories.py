import numpy as np
import pytest

from keras_gated import analysis

BATCH, TIME, UNITS = 3, 8, 5
MASK = np.arange(TIME) < np.array([[8], [5], [2]])


@pytest.fixture
def states():
    scale = np.array([5, 3, 1, 0.5, 0.1])
    return np.random.default_rng(0).normal(size=(BATCH, TIME, UNITS)) * scale


@pytest.mark.parametrize("mask", [None, MASK], ids=["all", "masked"])
def test_principal_components_are_those_of_the_covariance(states, mask):
    ways = analysis.trajectories(states, mask=mask)
    kept = np.ones((BATCH, TIME), bool) if mask is None else mask
    variances, directions = np.linalg.eigh(np.cov(states[kept].T))
    expected = (states[kept] - states[kept].mean(axis=0)) @ directions[:, [-1, -2]]
    found = ways.points[kept]
    signs = np.sign(np.sum(found * expected, axis=0))
    np.testing.assert_allclose(found, expected * signs, atol=1e-10)
    np.testing.assert_allclose(
        ways.explained, variances[[-1, -2]] / variances.sum(), rtol=1e-10
    )
    assert np.all(np.isnan(ways.points[~kept]))


@pytest.mark.once
def test_tsne_keeps_neighbours_together():
    rng = np.random.default_rng(1)
    centres = 20 * np.eye(3, UNITS)[:, None]
    states = centres + rng.normal(size=(3, 12, UNITS))
    ways = analysis.trajectories(states, method="tsne", perplexity=5, seed=3)
    again = analysis.trajectories(states, method="tsne", perplexity=5, seed=3)
    np.testing.assert_array_equal(ways.points, again.points)
    assert ways.explained is None
    distances = np.linalg.norm(ways.points[:, :, None, None] - ways.points, axis=-1)
    own = np.max([distances[k, :, k].max() for k in range(3)])
    others = np.min([distances[k, :, (k + 1) % 3].min() for k in range(3)])
    assert own < others


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "umap"}, "Unknown method 'umap'.*pca, tsne"),
        ({"components": 6}, "between 1 and 5.*components=6"),
        ({"components": 0}, "components=0"),
        ({"mask": MASK[:2]}, r"\(3, 8\).*\(2, 8\)"),
        ({"method": "tsne", "perplexity": 24}, "which is 24.*perplexity=24"),
        ({"method": "tsne", "perplexity": 15, "mask": MASK}, "which is 15"),
        ({"method": "tsne", "perplexity": 0}, "perplexity=0"),
    ],
)
def test_bad_arguments(states, arguments, message):
    with pytest.raises(ValueError, match=message):
        analysis.trajectories(states, **arguments)


def test_states_must_be_finite_arrays_of_three_axes(states):
    with pytest.raises(ValueError, match=r"states must be .*\(8, 5\)"):
        analysis.trajectories(states[0])
    states[2, 5] = np.nan
    assert np.isfinite(analysis.trajectories(states, mask=MASK).points[MASK]).all()
    with pytest.raises(ValueError, match="finite where they are not masked"):
        analysis.trajectories(states)
