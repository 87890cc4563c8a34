"""The names that a package offers."""

import inspect


def public_names(package):
    """The full names of what the parts of a package offer, and so on below them."""
    for name in package.__all__:
        part = getattr(package, name)
        if hasattr(part, "__all__"):
            yield from public_names(part)
        elif not inspect.ismodule(part):
            yield f"{package.__name__}.{name}"
