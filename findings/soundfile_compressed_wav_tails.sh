#!/usr/bin/env bash
# soundfile: compressed WAV files come back longer than they were written, with sound.
#
# Expected: as many samples as were written. The header's fact chunk is there to say how
# many, since the codecs pack samples in blocks of fixed size.
# Seen: reading gives whole blocks, whatever the fact chunk says. What fills the last one
# is not silence but what the encoder had in its buffer: of GSM 6.10 up to 319 samples,
# here at four fifths of the level of the sound before. Of IMA ADPCM the fact chunk itself counts whole blocks.
# Size: a second of telephone speech gains 40 ms. Cut recordings begin or end with sounds
# that were never there, and lengths differ from those of the labels.
#
# The bundled libsndfile reads so; libsndfile/libsndfile#946, open, has it for IMA ADPCM.
# What to do: keep lengths beside the files, or write PCM, mu-law or A-law, which are exact.
#
# Seen on 2026-11-29 with soundfile 0.14.0 (libsndfile 1.2.2) and numpy 2.4.6.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile soundfile==0.14.0 numpy==2.4.6

cd "$room"
venv/bin/python - <<'END'
import struct
import sys

import numpy as np
import soundfile

print(f"soundfile {soundfile.__version__}, {soundfile.__libsndfile_version__}")
RATE = SAMPLES = 8_000
tone = 0.3 * np.sin(0.05 * np.arange(SAMPLES))


def counted(path):
    """The samples that the header's fact chunk has, None without one."""
    content = open(path, "rb").read()
    place = 12
    while place + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, place)
        if name == b"fact":
            return struct.unpack_from("<I", content, place + 8)[0]
        place += 8 + size + size % 2
    return None


print(f"Expected: {SAMPLES} samples of each, as were written and as fact says.")
seen = {}
for codec in ("ULAW", "GSM610", "G721_32", "IMA_ADPCM"):
    soundfile.write("tone.wav", tone, RATE, subtype=codec)
    found, _ = soundfile.read("tone.wav")
    tail = found[SAMPLES:]
    level = float(np.sqrt(np.mean(tail**2) / np.mean(tone**2))) if len(tail) else 0.0
    seen[codec] = (len(found), counted("tone.wav"), level)
    print(f"Seen: {codec}: {len(found)} samples, fact {seen[codec][1]}, "
          f"the surplus at {level:.2f} times the level of the tone")

as_described = (
    seen["ULAW"] == (SAMPLES, SAMPLES, 0.0)
    and seen["GSM610"][:2] == (8_320, SAMPLES)
    and seen["GSM610"][2] > 0.5
    and seen["G721_32"][:2] == (8_040, SAMPLES)
    and seen["G721_32"][2] > 0.1
    and seen["IMA_ADPCM"][:2] == (8_080, 8_080)
    and seen["IMA_ADPCM"][2] > 0.1
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
