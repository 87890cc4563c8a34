"""Folk tunes in ABC notation."""

from keras_gated.datasets.tunes._errors import AbcError
from keras_gated.datasets.tunes.reading import Reading, Refusal, parse_abc, read_abc
from keras_gated.datasets.tunes.tune import Note, Tune

__all__ = ["AbcError", "Note", "Reading", "Refusal", "Tune", "parse_abc", "read_abc"]
