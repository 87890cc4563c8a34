"""From the settings of a trial to a model and its optimizer."""

import random
from typing import Any

import keras
import numpy as np

from keras_gated.layers import AdaptiveWeightNoise
from keras_gated.models import UNITS, sequence_model
from reproduce.studies.chung2014.training.floored_rmsprop import FlooredRMSprop
from reproduce.studies.chung2014.training.orthogonal_blocks import OrthogonalBlocks
from reproduce.studies.chung2014.trial import Trial
from reproduce.task import Task

RHO = 0.95
"""Decay of RMSProp's mean of squared gradients: that of the released code."""

PENALIZED = ("kernel", "recurrent_kernel")
"""The weights of the recurrent layer that a penalty or a decay makes smaller."""

FINAL_SHARE = 0.01
"""What is left of the learning rate at the end of a decay."""


def build_model(trial: Trial, task: Task) -> Any:
    """The model of a trial with its initial weights, not compiled."""
    # Of all seeds that `keras.utils.set_random_seed` sets, and imports TensorFlow for,
    # the weights of a new model need Python's alone.
    random.seed(trial.seed)
    arguments: dict[str, Any] = dict(trial.layer_arguments)
    if trial.recipe.initial_weights == "released":
        arguments["kernel_initializer"] = keras.initializers.RandomUniform(-0.1, 0.1)
        arguments["recurrent_initializer"] = OrthogonalBlocks()
    if trial.recipe.l2:
        penalty = keras.regularizers.L2(trial.recipe.l2)
        arguments |= {"kernel_regularizer": penalty, "recurrent_regularizer": penalty}
    if trial.recipe.dropout:
        arguments["dropout"] = trial.recipe.dropout
    head = task.head()
    if trial.recipe.learned_noise:
        model = _with_learned_noise(trial, task, head, arguments)
    else:
        model = sequence_model(
            trial.unit,
            trial.units,
            head,
            input_size=task.input_size,
            weight_noise=trial.recipe.weight_noise,
            seed=trial.seed,
            **arguments,
        )
    if trial.recipe.initial_weights == "released":
        head.kernel.assign(
            keras.initializers.RandomUniform(-0.1, 0.1)(head.kernel.shape)
        )
    if trial.recipe.marginal_bias:
        head.bias.assign(log_odds(task))
    return model


def _with_learned_noise(
    trial: Trial, task: Task, head: Any, arguments: dict[str, Any]
) -> Any:
    layer = UNITS[trial.unit](trial.units, return_sequences=True, **arguments)
    steps = sum(len(target) for target in task.splits["train"][1])
    noisy = AdaptiveWeightNoise(
        layer, examples=steps, stddev=trial.recipe.weight_noise, seed=trial.seed
    )
    inputs = keras.Input((None, task.input_size))
    return keras.Model(inputs, head(noisy(inputs)))


def log_odds(task: Task) -> np.ndarray[Any, Any]:
    """Logits of how often each output is on while training, with half a step added."""
    steps = np.concatenate(task.splits["train"][1])
    on, count = steps.sum(axis=0, dtype=float), len(steps)
    return np.log((on + 0.5) / (count - on + 0.5))


def make_optimizer(trial: Trial, updates: int) -> keras.Optimizer:
    """The optimizer of a trial that makes `updates` updates at most."""
    recipe = trial.recipe
    rate = _learning_rate(trial, updates)
    settings: dict[str, Any] = {}
    if recipe.averaging:
        settings = {"use_ema": True, "ema_momentum": recipe.averaging}
    if recipe.weight_decay:
        settings["weight_decay"] = recipe.weight_decay
    norm = recipe.max_norm if recipe.clip == "update" else float("inf")
    match recipe.optimizer:
        case "adam":
            optimizer = keras.optimizers.Adam(rate, **settings)
        case "rmsprop":
            optimizer = keras.optimizers.RMSprop(rate, rho=RHO, **settings)
        case "floored_rmsprop":
            optimizer = FlooredRMSprop(rate, rho=RHO, max_norm=norm, **settings)
    return optimizer


def not_penalized(model: Any) -> list[Any]:
    """The weights that neither a penalty nor a decay makes smaller."""
    smaller = {v.path for v in penalized(model)}
    return [v for v in model.trainable_variables if v.path not in smaller]


def penalized(model: Any) -> list[Any]:
    """The weights that a penalty or a decay makes smaller."""
    recurrent = model.layers[-2].trainable_variables
    return [v for v in recurrent if v.name in PENALIZED]


def _learning_rate(trial: Trial, updates: int) -> Any:
    schedules = keras.optimizers.schedules
    rate = trial.learning_rate
    match trial.recipe.decay:
        case "linear":
            return schedules.PolynomialDecay(rate, updates, rate * FINAL_SHARE)
        case "cosine":
            return schedules.CosineDecay(rate, updates, alpha=FINAL_SHARE)
    return rate
