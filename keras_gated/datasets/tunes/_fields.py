"""Meters, keys and units of length, as fields of ABC say them."""

import re
from fractions import Fraction

LETTERS = "CDEFGAB"
SEMITONES = dict(zip(LETTERS, (0, 2, 4, 5, 7, 9, 11), strict=True))

_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
_MODES = {
    "lyd": 1,
    "maj": 0,
    "mix": -1,
    "dor": -2,
    "min": -3,
    "phr": -4,
    "loc": -5,
}
"""By how many fifths the signature of a mode is off that of the major key."""

_OTHER_NAMES = {"": "maj", "M": "maj", "ion": "maj", "m": "min", "aeo": "min"}
_ACCIDENTALS = {"^": 1, "=": 0, "_": -1, "#": 1, "b": -1, "": 0}
_NAMED_METERS = {"C": "4/4", "C|": "2/2"}
_SHARPS = "FCGDAEB"

_METER = re.compile(r"([1-9]\d?)/(1|2|4|8|16|32)", re.ASCII)
_UNIT = re.compile(r"1(?:/(1|2|4|8|16|32|64))?", re.ASCII)
_KEY = re.compile(
    r"([A-G])([#b]?)[ ]*([A-Za-z]*)((?:[ ]*[\^=_][A-Ga-g])*)"
    r"(?:[ ]+(?:clef=)?treble)?",
    re.ASCII,
)


def read_meter(text: str) -> str:
    """The meter that an `M:` field says, such as `6/8`; C and C| as 4/4 and 2/2.

    Raises:
        ValueError: For no meter, a free one, and sums.
    """
    meter = _NAMED_METERS.get(text, text)
    if not _METER.fullmatch(meter):
        raise ValueError(f"{text!r} is none of the meters n/1 to n/32")
    return meter


def bar_length(meter: str) -> Fraction:
    """Quarter notes in a bar."""
    return 4 * Fraction(meter)


def is_compound(meter: str) -> bool:
    """Whether beats have three parts, as in 6/8, 9/8 and 12/8."""
    beats = int(meter.partition("/")[0])
    return beats > 3 and beats % 3 == 0


def read_unit(text: str) -> Fraction:
    """The unit of an `L:` field, in quarter notes.

    Raises:
        ValueError: For anything but 1 to 1/64.
    """
    if not _UNIT.fullmatch(text):
        raise ValueError(f"{text!r} is none of the lengths 1, 1/2 to 1/64")
    return 4 * Fraction(text)


def default_unit(meter: str) -> Fraction:
    """The unit where there is no `L:`: a sixteenth below 3/4, an eighth otherwise."""
    return Fraction(1, 4) if Fraction(meter) < Fraction(3, 4) else Fraction(1, 2)


def read_key(text: str) -> str:
    """The key that a `K:` field says, as tonic and mode, such as `Dmaj` or `F#min`.

    The scale of Highland pipes, `HP` and `Hp`, is A mixolydian. Accidentals behind a
    key are read where the signature with them is that of a mode of the same tonic.

    Raises:
        ValueError: For anything else.
    """
    if text in ("HP", "Hp"):
        return "Amix"
    match = _KEY.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no tonic with a mode")
    letter, sign, mode, changes = match.groups()
    mode = mode if mode in ("", "m", "M") else mode.lower()[:3]
    mode = _OTHER_NAMES.get(mode, mode)
    if mode not in _MODES:
        raise ValueError(f"{text!r} has none of the modes {', '.join(_MODES)}")
    key = _checked(letter + sign + mode)
    if not changes.strip():
        return key
    changed = signature(key)
    for accidental, name in re.findall(r"([\^=_])([A-Ga-g])", changes):
        changed[name.upper()] = _ACCIDENTALS[accidental]
    for mode in _MODES:
        other = letter + sign + mode
        if abs(fifths(other)) <= 7 and signature(other) == changed:
            return other
    raise ValueError(f"the signature {text!r} is that of no mode of {letter}{sign}")


def fifths(key: str) -> int:
    """Sharps of the signature of a key, negative for flats."""
    tonic, mode = key[:-3], key[-3:]
    return _FIFTHS[tonic[0]] + 7 * _ACCIDENTALS[tonic[1:]] + _MODES[mode]


def signature(key: str) -> dict[str, int]:
    """By how many semitones the signature of a key raises each letter."""
    count = fifths(key)
    changed = _SHARPS[:count] if count > 0 else _SHARPS[::-1][:-count]
    return {
        letter: (1 if count > 0 else -1) if letter in changed else 0
        for letter in LETTERS
    }


def scale(key: str) -> frozenset[int]:
    """The pitch classes of a key; 0 is C."""
    changes = signature(key)
    return frozenset((SEMITONES[letter] + changes[letter]) % 12 for letter in LETTERS)


def tonic(key: str) -> int:
    """The pitch class of the tonic."""
    return (SEMITONES[key[0]] + _ACCIDENTALS[key[1:-3]]) % 12


def is_key(text: str) -> bool:
    """Whether `text` is a key in the form that `read_key` returns."""
    return bool(
        re.fullmatch(rf"[A-G][#b]?(?:{'|'.join(_MODES)})", text, re.ASCII)
    ) and (abs(fifths(text)) <= 7)


def _checked(key: str) -> str:
    if abs(fifths(key)) > 7:
        raise ValueError(f"the signature of {key} has more than seven accidentals")
    return key
