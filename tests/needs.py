"""What tests need besides the package.

Where it is missing they are skipped. `KERAS_GATED_COMPLETE=1` says that nothing is
missing, as in CI: then they fail.
"""

import importlib
import os

import pytest

COMPLETE = os.environ.get("KERAS_GATED_COMPLETE") == "1"


def missing(what, module=False):
    """Ends a test for want of something; with `module` all tests of the file."""
    if COMPLETE:
        pytest.fail(f"{what}, though KERAS_GATED_COMPLETE=1", pytrace=False)
    pytest.skip(what, allow_module_level=module)


def package(name):
    """Imports what a test, or all of a file, cannot do without."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        return missing(f"{name} cannot be imported: {error}", module=True)


def mark(present, what):
    """Marks a test that needs what may not be `present`."""
    return pytest.mark.skipif(not present and not COMPLETE, reason=what)
