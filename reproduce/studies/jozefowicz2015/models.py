"""The models of the study."""

import math
import random
from typing import Any

import keras
import numpy as np

from keras_gated.graphs import CellGraph
from keras_gated.initializers import Chrono
from keras_gated.layers import GraphRNN, OneHot
from keras_gated.models import UNITS
from reproduce.studies.jozefowicz2015.data import BATCH, StreamTask
from reproduce.studies.jozefowicz2015.names import CELLS
from reproduce.studies.jozefowicz2015.sizes import EMBEDDED
from reproduce.studies.jozefowicz2015.trial import Trial
from reproduce.task import Task


def model_of(trial: Trial, task: StreamTask) -> Any:
    """The model of a trial on streams: symbols as vectors, the recurrent layer, and a
    head."""
    # The initializers of a new model draw from Python's global random state.
    random.seed(trial.seed)
    inputs = keras.Input((None,), batch_size=BATCH, dtype="int32")
    if task.is_words:
        vectors = keras.layers.Embedding(task.input_size, EMBEDDED)(inputs)
    else:
        vectors = OneHot(task.input_size)(inputs)
    layer = layer_of(trial)
    return keras.Model(inputs, task.head()(layer(vectors)))


def music_model_of(trial: Trial, task: Task) -> Any:
    """The model of a trial on music: the recurrent layer and a head.

    With dropout each input and output of the layer is dropped at each step anew, as in
    Zaremba et al. 2014 (arXiv:1409.2329); states are not. Weights begin as without.
    """
    random.seed(trial.seed)
    inputs = keras.Input((None, task.input_size))
    layer = layer_of(trial, is_stateful=False)
    if not trial.dropout:
        return keras.Model(inputs, task.head()(layer(inputs)))
    # With seeds of their own they draw none from the state that weights draw from.
    before, after = (
        # PyTorch takes seeds below 2**31 only.
        keras.layers.Dropout(trial.dropout, seed=int(seed) >> 1)
        for seed in np.random.SeedSequence(trial.seed).generate_state(2)
    )
    return keras.Model(inputs, task.head()(after(layer(before(inputs)))))


def layer_of(trial: Trial, is_stateful: bool = True) -> Any:
    """The recurrent layer of a trial, which carries its states or begins anew."""
    run: dict[str, Any] = {"return_sequences": True, "stateful": is_stateful}
    if trial.scale:
        most = trial.scale / math.sqrt(trial.units)
        for name in ("kernel_initializer", "recurrent_initializer"):
            run[name] = keras.initializers.RandomUniform(-most, most)
    if trial.graph:
        return GraphRNN(trial.units, CellGraph.from_json(trial.graph), **run)
    unit, arguments = CELLS[trial.unit]
    if trial.unit == "lstm_chrono":
        # It draws from the same state, so that the other weights are those of its row.
        state = random.getstate()
        seed = random.randrange(1 << 30)
        random.setstate(state)
        run["unit_forget_bias"] = Chrono(trial.window, seed)
    return UNITS[unit](trial.units, **{**arguments, **run})
