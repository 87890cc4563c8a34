import numpy as np
import pytest
from scipy import stats

from reproduce.studies.karpathy2015.analysis.divergence import symmetric_kl


def test_divergence_by_scipy():
    one, other = np.random.default_rng(0).dirichlet(np.ones(7), size=(2, 3))
    expected = stats.entropy(one, other, axis=-1) + stats.entropy(other, one, axis=-1)
    np.testing.assert_allclose(symmetric_kl(np.log(one), np.log(other)), expected)
    assert symmetric_kl(np.log(one), np.log(one)).tolist() == [0, 0, 0]


def test_what_is_no_distribution_is_refused():
    fair = np.log([0.5, 0.5])
    with pytest.raises(ValueError, match=r"shapes \(2,\) and \(3,\)"):
        symmetric_kl(fair, np.log(np.ones(3) / 3))
    with pytest.raises(ValueError, match=r"the sum 1\.5"):
        symmetric_kl(fair, np.log([0.5, 1.0]))
