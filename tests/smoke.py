"""What an installed keras_gated has to do, in seconds: `smoke.py [--native]`.

With `--native` its loops have to be those in C++.
"""

import sys
from importlib.metadata import version

import keras
import numpy as np

import keras_gated
from keras_gated.generation import generate
from keras_gated.layers import GRU, BernoulliHead, PeepholeLSTM
from keras_gated.losses import BernoulliNLL
from keras_gated.models import list_pretrained, load_pretrained


def main(arguments: list[str]) -> None:
    assert keras_gated.__version__ == version("keras_gated")
    path = GRU(1).recurrence
    assert path.name == "native" or "--native" not in arguments, path.reason
    for dataset, unit in list_pretrained():
        load_pretrained(dataset, unit)
    (roll,) = generate(load_pretrained("jsb_chorales", "gru"), steps=8, seed=1)
    assert roll.shape == (8, 88)
    assert roll.any()
    model = keras.Sequential([PeepholeLSTM(3, return_sequences=True), BernoulliHead(2)])
    model.compile("adam", BernoulliNLL())
    losses = model.fit(np.ones((2, 5, 2)), np.ones((2, 5, 2)), epochs=2, verbose=0)
    first, second = losses.history["loss"]
    assert second < first
    print(f"keras_gated {keras_gated.__version__} in {keras_gated.__path__[0]} works")


if __name__ == "__main__":
    main(sys.argv[1:])
