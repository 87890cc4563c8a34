import pytest

from keras_gated._extras import needing


def test_the_extra_is_named():
    message = r'^Sounds need it: pip install "keras_gated\[speech\]"$'
    with (
        pytest.raises(ImportError, match=message),
        needing("Sounds need it", "speech"),
    ):
        import a_package_that_is_nowhere  # noqa: F401
