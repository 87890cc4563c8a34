"""Trials of the first study, run as its training does it."""

from functools import partial

from reproduce.studies.chung2014.training import RecipeTraining
from reproduce.training import trial

TRAINING = RecipeTraining()

run_trial = partial(trial.run_trial, TRAINING)
