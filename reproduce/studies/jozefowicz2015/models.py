"""The models of the study."""

import math
import random
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_gated.graphs import CellGraph
from keras_gated.initializers import Chrono
from keras_gated.layers import GraphRNN, OneHot
from keras_gated.models import UNITS
from reproduce.studies.jozefowicz2015.data import BATCH, StreamTask
from reproduce.studies.jozefowicz2015.names import CELLS
from reproduce.studies.jozefowicz2015.sizes import EMBEDDED
from reproduce.studies.jozefowicz2015.trial import Trial
from reproduce.task import Task


@keras.saving.register_keras_serializable("jozefowicz2015")
class ChronoBias(keras.initializers.Initializer):
    """The bias of an LSTM of which each unit forgets over a time of its own.

    Forget gates draw from `Chrono`, input gates have the negatives of these, and the
    others begin at 0.

    Args:
        max_steps: The longest dependency that is expected.
        seed: Seed of the draw.

    Reference:
        Tallec and Ollivier 2018 (arXiv:1804.11188), section 2, equation 16.
    """

    def __init__(self, max_steps: float, seed: int | None = None) -> None:
        self.max_steps, self.seed = max_steps, seed

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        units = shape[0] // 4
        forget = Chrono(self.max_steps, self.seed)((units,), dtype=dtype)
        others = ops.zeros((2 * units,), dtype=dtype)
        return ops.concatenate([-forget, forget, others])

    def get_config(self) -> dict[str, Any]:
        return {"max_steps": self.max_steps, "seed": self.seed}


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
        run["bias_initializer"] = ChronoBias(trial.window, seed)
    return UNITS[unit](trial.units, **arguments, **run)
