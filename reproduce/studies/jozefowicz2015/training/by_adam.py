"""What all models of the study have in common."""

from typing import Any

import keras

from reproduce.studies.jozefowicz2015.trial import Trial
from reproduce.training.training import Training

BETA_2 = 0.99
"""How slowly Adam's mean of squares forgets."""


class AdamTraining(Training[Trial]):
    """Adam along half a cosine.

    The paper has plain gradient descent, which needs more updates than we have.
    """

    def optimizer(self, trial: Trial, updates: int) -> keras.Optimizer:
        rates = keras.optimizers.schedules.CosineDecay(trial.learning_rate, updates)
        return keras.optimizers.Adam(rates, beta_2=BETA_2, global_clipnorm=trial.clip)

    def parameters(self, model: Any) -> dict[str, int]:
        """Number of weights of all before the head, and of the whole model."""
        total = _weights(model)
        return {"recurrent": total - _weights(model.layers[-1]), "total": total}


def _weights(model: Any) -> int:
    return sum(int(keras.ops.size(v)) for v in model.trainable_variables)
