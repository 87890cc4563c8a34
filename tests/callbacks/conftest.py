import numpy as np
import pytest

from tests.callbacks.linear_regression import LinearRegression


@pytest.fixture
def regression():
    return LinearRegression()


@pytest.fixture
def assert_weights():
    def check(model, expected, rtol=1e-5):
        for weight, value in zip(model.get_weights(), expected, strict=True):
            np.testing.assert_allclose(weight, value, rtol, atol=1e-6)

    return check
