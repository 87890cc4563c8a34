"""A text and trials so small that they are trained in seconds."""

import keras

from keras_gated.datasets import text
from reproduce.studies.karpathy2015.data import text_task
from reproduce.studies.karpathy2015.sizes import units_for
from reproduce.studies.karpathy2015.trial import Trial

ROWS, WINDOW = 4, 10

CODE = "".join(
    f"int f{n % 7}(int a) {{\n    if (a > {n}) {{ return {n * n % 89}; }}\n}}\n\n"
    for n in range(60)
)


def task_of(split="rows", content=CODE, **settings):
    """The text as a task, cut in both ways."""
    cut = {"rows": ROWS, "window": WINDOW, **settings}
    texts = {
        name: text.from_text(content.encode(), split=name, **cut)
        for name in ("rows", "tail")
    }
    return text_task(texts, split)


def trial_of(task, unit="lstm", layers=2, row=64, epochs=1, **changes):
    settings = {
        "dataset": "war_and_peace",
        "protocol": "paper",
        "candidate": 0,
        "seed": 0,
        "backend": keras.backend.backend(),
        "max_epochs": epochs,
        "patience": epochs,
        "units": units_for(unit, layers, row, task.input_size),
        **task.identity,
        **changes,
    }
    return Trial(unit=unit, layers=layers, row=row, **settings)
