"""Corrupted files: each a clean error or a right answer, and nothing else happens.

`KERAS_GATED_EXHAUSTIVE=1` reads thousands for each reader, not hundreds.
"""

import pytest

from tests.fuzz.readers import READERS
from tests.seeds import SEED
from tests.tiers import EXHAUSTIVE


@pytest.mark.parametrize("name", READERS)
def test_corrupted_files(process, tmp_path, name):
    reader = READERS[name]
    count = reader.many if EXHAUSTIVE else reader.few
    found = process.read(name, tmp_path, count)
    print(f"{name}: {found['refused']} refused, {found['right']} read")
    assert not found["failures"], "\n".join(
        [f"KERAS_GATED_SEED={SEED}"]
        + [f"{name} / {case}:\n{what}" for case, what in found["failures"].items()]
    )
    assert found["refused"] and found["right"]
