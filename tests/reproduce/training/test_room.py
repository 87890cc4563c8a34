"""Memory that a process of many models gives back."""

import keras
import pytest

from reproduce.training import room
from reproduce.training.room import Room, mappings, resident_bytes

pytestmark = pytest.mark.skipif(
    not room.PROCESS.exists(), reason="the memory of a process is read on Linux only"
)


@pytest.mark.everywhere
@pytest.mark.skipif(keras.backend.backend() != "jax", reason="programs are JAX's")
def test_programs_are_forgotten_once_there_are_too_many_bytes():
    import jax

    doubled = jax.jit(lambda x: 2 * x)
    doubled(1.0)
    place = Room()
    place.most_bytes = resident_bytes() + (1 << 34)
    place.make()
    assert doubled._cache_size() == 1
    place.most_bytes = 0
    place.make()
    assert doubled._cache_size() == 0
    # What is in use is no reason to forget programs again at once.
    doubled(1.0)
    place.make()
    assert doubled._cache_size() == 1


def test_what_a_process_holds():
    before = resident_bytes()
    held = b"x" * (1 << 26)
    assert resident_bytes() - before > len(held) // 2
    assert 100 < mappings() < 65_530


def test_elsewhere_nothing_happens(monkeypatch, tmp_path):
    monkeypatch.setattr(room, "PROCESS", tmp_path / "none")
    Room().make()
