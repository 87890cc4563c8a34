"""How a variant is trained: one sequence an update, by Nesterov's momentum."""

import random
from typing import Any

import keras

from keras_gated.datasets import SequenceBatches
from keras_gated.layers import LSTM_VARIANTS, LSTMVariant
from reproduce.studies.odyssey2015.data import BIDIRECTIONAL
from reproduce.studies.odyssey2015.trial import Trial
from reproduce.task import Task
from reproduce.training.training import Training, padded_lengths

INITIAL_STDDEV = 0.1
"""Of all weights at the beginning."""


class OdysseyTraining(Training[Trial]):
    """One layer, both ways where the paper has it so, and a head on every step.

    The loss of an update is the sum over the steps of its sequence: the paper does not
    say whether it is the sum or the mean, and with the sum the scores are the paper's.
    """

    def build(self, trial: Trial, task: Task) -> Any:
        # The initializers of a new model draw from Python's global random state.
        random.seed(trial.draw_seed)
        variant = LSTM_VARIANTS[trial.variant]
        weights = ["kernel", "recurrent", "bias"]
        if variant.get("use_peepholes", True):
            weights.insert(0, "peephole")
        layer: Any = LSTMVariant(
            trial.units,
            return_sequences=True,
            unit_forget_bias=False,
            **{f"{name}_initializer": _normal() for name in weights},
            **variant,
        )
        if trial.dataset in BIDIRECTIONAL:
            layer = keras.layers.Bidirectional(layer)
        noise = keras.layers.GaussianNoise(trial.input_noise, seed=trial.draw_seed)
        head = task.head()
        inputs = keras.Input((None, task.input_size))
        model = keras.Model(inputs, head(layer(noise(inputs))))
        for variable in (head.kernel, head.bias):
            variable.assign(_normal()(variable.shape))
        return model

    def optimizer(self, trial: Trial, updates: int) -> keras.Optimizer:
        return keras.optimizers.SGD(
            trial.learning_rate * trial.one_minus_momentum,
            momentum=1 - trial.one_minus_momentum,
            nesterov=True,
        )

    def reduction(self, trial: Trial) -> str:
        return "sum"

    def batches(self, trial: Trial, task: Task) -> SequenceBatches:
        inputs, targets = task.splits["train"]
        return SequenceBatches(
            inputs,
            targets,
            batch_size=1,
            seed=trial.draw_seed,
            padded_lengths=padded_lengths((inputs, targets)),
        )


def _normal() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=INITIAL_STDDEV)
