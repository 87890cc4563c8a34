"""JSON spoiled as what it says, not as bytes."""

import copy
import functools
import json
import random

WORDS = (
    None,
    True,
    False,
    -1,
    0,
    2.5,
    10**6,
    10**30,
    float("nan"),
    float("inf"),
    "",
    "../canary",
    "tanh",
    "os.system",
    "Orthogonal",
    [],
    {},
    [1, 2],
    {"class_name": "system", "config": {"command": "touch canary"}, "module": "os"},
    {"class_name": "Lambda", "config": {"function": "print"}, "module": "keras.layers"},
    {
        "class_name": "__lambda__",
        "config": {"value": "YwEAAAA=", "defaults": None, "closure": None},
    },
    {"class_name": "function", "config": "eval", "module": "builtins"},
    {"class_name": "Sequential", "config": {"layers": []}, "module": "keras"},
)


def places(value, path=()):
    """The paths to all that is inside a value of JSON."""
    items = value.items() if isinstance(value, dict) else []
    items = enumerate(value) if isinstance(value, list) else items
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def spoil_json(rng: random.Random, content: bytes) -> bytes:
    """Drops, renames or changes what a key stands for."""
    value = json.loads(content)
    for _ in range(rng.choice((1, 1, 2))):
        found = list(places(value))
        if not found:
            break
        *path, key = rng.choice(found)
        inner = functools.reduce(lambda part, step: part[step], path, value)
        match rng.randrange(4):
            case 0:
                del inner[key]
            case 1 if isinstance(inner, dict):
                inner[rng.choice(("", "unknown", "units", "module"))] = inner.pop(key)
            case _:
                # The next round may change it.
                inner[key] = copy.deepcopy(rng.choice(WORDS))
    return json.dumps(value).encode()


def hostile_json(whole: bytes):
    return {
        "deep lists": b"[" * 200_000,
        "deep dictionaries": b'{"a":' * 200_000,
        "a number of 1 MB": b'{"units": ' + b"9" * 1_000_000 + b"}",
        "a list": b"[1, 2]",
        "a word": b'"gru"',
        "nothing": b"",
        "no Unicode": b'{"units": "\xff\xfe"}',
        "UTF-16": whole.decode().encode("utf-16"),
        "half a surrogate": whole.replace(b"gru", b"\\ud800"),
        "NaN": b"NaN",
    }
