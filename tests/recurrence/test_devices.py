"""A batch spread over the devices of a CPU."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_two_devices_give_the_numbers_of_one(backend):
    if backend != "jax":
        pytest.skip("Keras spreads batches over CPU devices on JAX")
    flags = "--xla_force_host_platform_device_count=2"
    subprocess.run(
        [sys.executable, "-m", "tests.recurrence.two_devices"],
        check=True,
        cwd=ROOT,
        env={**os.environ, "XLA_FLAGS": flags},
    )
