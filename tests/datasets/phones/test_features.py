import numpy as np
import pytest

from keras_gated.datasets.phones import log_mel


def tone(hertz, rate, seconds=0.5):
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)


def test_energy_of_a_frame_is_the_sum_over_its_spectrum():
    """Beside a transform written out, in the unit of the published frames."""
    samples = np.random.default_rng(0).normal(scale=900, size=720).astype(np.int16)
    found = log_mel(samples, 16_000)
    assert found.shape == (3, 40) and found.dtype == np.float32
    n = np.arange(400)
    window = np.sin(np.pi * n / 400) ** 2
    mel = np.linspace(*(1127 * np.log(1 + np.array([64, 8000]) / 700)), 42)
    edges = 700 * (np.exp(mel / 1127) - 1)
    for frame, start in zip(found, (0, 160, 320), strict=True):
        energy = np.zeros(40)
        for k in range(257):
            hertz = k * 16_000 / 512
            wave = np.exp(-2j * np.pi * k * n / 512)
            power = abs((samples[start : start + 400] * window * wave).sum()) ** 2
            for band in range(40):
                left, middle, right = edges[band : band + 3]
                if left < hertz < right:
                    rising = (hertz - left) / (middle - left)
                    falling = (right - hertz) / (right - middle)
                    energy[band] += power * min(rising, falling)
        np.testing.assert_allclose(frame, 10 * np.log10(energy + 1), atol=0.2501)


@pytest.mark.parametrize("rate", [8000, 16_000, 44_100])
def test_a_tone_is_in_its_band_at_every_rate(rate):
    edges = np.linspace(
        1127 * np.log1p(64 / 700), 1127 * np.log1p(min(8000, rate / 2) / 700), 42
    )
    for hertz in (200, 1000, 3000):
        found = log_mel(tone(hertz, rate), rate)
        assert len(found) == 48
        nearest = np.abs(edges[1:-1] - 1127 * np.log1p(hertz / 700)).argmin()
        assert np.abs(found.argmax(axis=1) - nearest).max() <= 1


def test_floats_and_integers_give_the_same():
    samples = (32768 * tone(440, 16_000)).astype(np.int16)
    np.testing.assert_array_equal(
        log_mel(samples, 16_000), log_mel(samples / np.float32(32768), 16_000)
    )


def test_silence_is_0_and_bands_are_chosen():
    frames = log_mel(np.zeros(800), 8000, bands=7, lowest=100, highest=300)
    assert frames.shape == (8, 7) and not frames.any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((400, 2)), 16_000), r"one channel, \(samples,\), .* \(400, 2\)"),
        ((np.zeros(400, "int32"), 16_000), "Received int32 of shape"),
        ((np.full(400, np.nan), 16_000), "needs finite samples"),
        ((np.zeros(0), 16_000), "Received 0 samples at 16000 a second"),
        ((np.zeros(399), 16_000), "Received 399 samples at 16000 a second"),
        ((np.zeros(9), 100), "a sample_rate of 1,000 or more, .* Received 100"),
        ((np.zeros(400), np.nan), "an integer. Received nan"),
        ((np.zeros(400), 16_000.0), r"an integer. Received 16000\.0"),
        ((np.zeros(400), None), "an integer. Received None"),
        ((np.zeros(400), 16_000, 1.5), r"There are no 1\.5 bands"),
        ((np.zeros(400), 16_000, 0), "There are no 0 bands"),
        ((np.zeros(400), 16_000, 40, 500, 100), "no 40 bands from 500 to 100 Hz"),
        ((np.zeros(400), 8000, 40, 64, 5000), "half of 8000 Hz"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        log_mel(*arguments)
