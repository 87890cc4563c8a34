"""The normal numbers of the weight noise on JAX, held against what they claim to be."""

import math
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from scipy import stats

from keras_gated.layers import WeightNoise
from keras_gated.layers._normal import RADIUS_BITS, normals, threefry

ROOT = Path(__file__).resolve().parents[2]
COUNT = 1 << 21
SIGMAS = 4.5
"""Of a statistic; all of them together miss it once in some thousand seeds."""

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "jax", reason="elsewhere they are Keras' own"
)

# The published vectors of Random123, threefry2x32 with 20 rounds: counters, key, words.
KNOWN = [
    ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
    ((0xFFFFFFFF,) * 2, (0xFFFFFFFF,) * 2, (0x1CB996FC, 0xBB002BE7)),
    (
        (0x243F6A88, 0x85A308D3),
        (0x13198A2E, 0x03707344),
        (0xC4923A9C, 0x483DF7A0),
    ),
]


def draws(*shapes, seed=11, times=1):
    likes = [keras.ops.zeros(shape) for shape in shapes]
    generator = keras.random.SeedGenerator(seed)
    found = [normals(likes, generator) for _ in range(times)]
    return [[np.array(part, float) for part in parts] for parts in found]


@pytest.fixture(scope="module")
def sample():
    return draws((COUNT,))[0][0]


@pytest.mark.parametrize(("counters", "key", "words"), KNOWN)
def test_threefry_gives_the_published_words(counters, key, words):
    arrays = [keras.ops.convert_to_tensor([c], "uint32") for c in counters]
    found = threefry(keras.ops.convert_to_tensor(key, "uint32"), *arrays)
    assert tuple(int(word[0]) for word in found) == words


def test_distribution(sample):
    assert stats.kstest(sample, "norm").pvalue > 1e-4


@pytest.mark.parametrize(
    ("power", "mean", "variance"), [(1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)]
)
def test_moments(sample, power, mean, variance):
    found = np.mean(sample**power)
    assert abs(found - mean) < SIGMAS * math.sqrt(variance / COUNT)


@pytest.mark.parametrize("bound", [2.0, 3.0, 4.0, 4.5])
@pytest.mark.parametrize("side", [-1, 1])
def test_tails(sample, bound, side):
    share = stats.norm.sf(bound)
    found = np.mean(side * sample > bound)
    assert abs(found - share) < SIGMAS * math.sqrt(share / COUNT) + 1 / COUNT


def test_nothing_lies_beyond_the_longest_radius(sample):
    longest = math.sqrt(-2 * math.log(2 ** -(RADIUS_BITS + 1)))
    assert 4.5 < np.max(np.abs(sample)) <= longest * (1 + 1e-5)


@pytest.mark.parametrize("lag", [1, 2, 3, 7, COUNT // 4, COUNT // 2, 3 * COUNT // 4])
def test_neighbours_and_partners_are_independent(sample, lag):
    """Half of a draw are the partners of the other half; so are quarters of a half."""
    one, other = sample[:-lag], sample[lag:]
    bound = SIGMAS / math.sqrt(len(one))
    assert abs(np.mean(one * other)) < bound
    assert abs(np.mean((one**2 - 1) * (other**2 - 1)) / 2) < bound


def test_draws_and_weights_are_independent():
    first, second = draws((COUNT // 4,), (COUNT // 4,), times=2)
    parts = [*first, *second]
    bound = SIGMAS / math.sqrt(COUNT // 4)
    for number, one in enumerate(parts):
        for other in parts[:number]:
            assert abs(np.mean(one * other)) < bound


def test_seeds_differ_and_repeat():
    (one,), (same,), (other,) = (draws((999,), seed=seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert abs(np.mean(one * other)) < SIGMAS / math.sqrt(999)


@pytest.mark.parametrize("shapes", [[()], [(1,)], [(3, 5), (2,), (0, 4), (7, 1, 2)]])
def test_shapes(shapes):
    (parts,) = draws(*shapes)
    assert [part.shape for part in parts] == shapes
    flat = np.concatenate([part.ravel() for part in parts])
    assert len(np.unique(flat)) == len(flat)


def test_dtypes():
    likes = [keras.ops.zeros((4,), dtype) for dtype in ("float16", "float32")]
    found = normals(likes, keras.random.SeedGenerator(1))
    assert [keras.backend.standardize_dtype(n.dtype) for n in found] == [
        "float16",
        "float32",
    ]


def test_threads_change_nothing():
    """In processes whose XLA has one thread, and two."""
    program = (
        "import keras, numpy, hashlib\n"
        "from keras_gated.layers._normal import normals\n"
        "seed = keras.random.SeedGenerator(3)\n"
        "draw = normals([keras.ops.zeros((512, 1024))], seed)[0]\n"
        "print(hashlib.sha256(numpy.array(draw).tobytes()).hexdigest())\n"
    )
    hashes = set()
    for threads in ("1", "2"):
        variables = {**os.environ, "NPROC": threads, "OMP_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=variables,
            check=True,
            capture_output=True,
            text=True,
        )
        hashes.add(done.stdout)
    assert len(hashes) == 1


def test_weight_noise_draws_from_them():
    layer = WeightNoise(keras.layers.Dense(5), stddev=0.5, seed=4)
    noisy = np.array(layer(np.eye(3, dtype="float32"), training=True))
    expected = draws((3, 5), seed=4)[0][0]
    kernel = np.array(layer.layer.kernel)
    np.testing.assert_allclose(noisy - kernel, 0.5 * expected, 1e-5, 1e-6)
