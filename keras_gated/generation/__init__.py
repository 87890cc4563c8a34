"""Sequences drawn from trained models, as arrays, music, sound and pictures."""

from keras_gated.generation.generator import generate
from keras_gated.generation.melody import synthesize_melody, write_melody
from keras_gated.generation.midi import write_midi
from keras_gated.generation.pictures import plot_piano_roll, plot_waveform
from keras_gated.generation.score import write_score
from keras_gated.generation.sound import synthesize, write_wav
from keras_gated.generation.symbols import generate_symbols

__all__ = [
    "generate",
    "generate_symbols",
    "plot_piano_roll",
    "plot_waveform",
    "synthesize",
    "synthesize_melody",
    "write_melody",
    "write_midi",
    "write_score",
    "write_wav",
]
