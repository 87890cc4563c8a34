"""What users get where they say nothing, as a table: `python -m tests.defaults`.

A test passes most arguments, so that only this table notices another default. It is
written anew when one is changed on purpose, and read in the diff.
"""

import importlib
import inspect
import json
import pkgutil
from collections import ChainMap
from pathlib import Path

import keras_gated
import reproduce
from tests.public import public_names

TABLE = Path(__file__).with_name("defaults.json")


def defaults():
    """The defaults of everything public, by its full name.

    Those of a command are the fields of its options.
    """
    found = {}
    for name, thing in public_things():
        for part, function in functions(name, thing):
            values = of_signature(function)
            if values:
                found[part] = values
    return found


def public_things():
    """What keras_gated offers, and what the modules of the reproduction define."""
    for name in sorted(set(public_names(keras_gated))):
        module, _, attribute = name.rpartition(".")
        yield name, getattr(importlib.import_module(module), attribute)
    for info in pkgutil.walk_packages(reproduce.__path__, "reproduce."):
        module = importlib.import_module(info.name)
        for attribute, thing in sorted(vars(module).items()):
            own = getattr(thing, "__module__", None) == module.__name__
            if own and not attribute.startswith("_") and callable(thing):
                yield f"{module.__name__}.{attribute}", thing


def functions(name, thing):
    """A function itself; of a class its constructor and its public methods.

    These are its own and those of bases of ours that users do not see.
    """
    yield name, thing
    if inspect.isclass(thing):
        bases = [base for base in thing.__mro__ if base is thing or is_private(base)]
        methods = dict(ChainMap(*(dict(vars(base)) for base in bases)))
        for attribute, method in sorted(methods.items()):
            method = getattr(method, "__func__", method)
            if inspect.isfunction(method) and not attribute.startswith("_"):
                yield f"{name}.{attribute}", method


def is_private(base):
    return base.__module__.startswith("keras_gated.") and "._" in base.__module__


def of_signature(function):
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # Neither of Python nor told by a C function.
        return {}
    return {
        parameter.name: shown(parameter.default)
        for parameter in parameters
        if parameter.default is not parameter.empty
    }


def shown(value):
    """A value as text, the same in every folder and on every machine."""
    if callable(value) and hasattr(value, "__name__"):
        return value.__name__
    return repr(value).replace(str(Path.cwd()), ".")


def main():
    text = json.dumps(defaults(), indent=1, ensure_ascii=False)
    TABLE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
