"""The variants of the LSTM under test, and their equations in NumPy."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_gated.layers import LSTM_VARIANTS, LSTMVariant
from tests import reference
from tests.reference import sigmoid

GATES = ("input_gate", "forget_gate", "output_gate")


@dataclass(frozen=True)
class Variant:
    """Settings of `LSTMVariant`, and the equations that they stand for."""

    name: str
    settings: dict[str, Any]

    def make(self, units, **kwargs):
        return LSTMVariant(units, **self.settings, **kwargs)

    @property
    def gates_with_weights(self):
        there = dict.fromkeys(GATES, True)
        for gate in GATES:
            there[gate] = self.settings.get(f"use_{gate}", True)
        if self.settings.get("coupled_gates"):
            there["forget_gate"] = False
        return [gate for gate in GATES if there[gate]]

    @property
    def state_names(self):
        recurrent = self.settings.get("full_gate_recurrence")
        return ["output", "carry", *(self.gates_with_weights if recurrent else ())]

    def gates(self, x, states, kernel, recurrent_kernel, bias, *others):
        """Every gate and state of a step, a missing gate being 1."""
        h, c, *before = states
        settings, rows, others = self.settings, self.gates_with_weights, list(others)
        order = ("input_gate", "forget_gate", "candidate", "output_gate")
        columns = [name for name in order if name in rows or name == "candidate"]
        total = x @ kernel + h @ recurrent_kernel + bias
        a = dict(zip(columns, np.split(total, len(columns), axis=-1), strict=True))
        p = dict.fromkeys(GATES, 0.0)
        if settings.get("use_peepholes", True) and rows:
            p.update(zip(rows, others.pop(0), strict=True))
        if before:
            size = h.shape[-1]
            (blocks,) = others
            for row, gate_before in enumerate(before):
                for column, gate in enumerate(rows):
                    from_row = slice(row * size, (row + 1) * size)
                    to_column = slice(column * size, (column + 1) * size)
                    a[gate] = a[gate] + gate_before @ blocks[from_row, to_column]

        i = sigmoid(a["input_gate"] + p["input_gate"] * c) if "input_gate" in a else 1
        f = 1
        if "forget_gate" in a:
            f = sigmoid(a["forget_gate"] + p["forget_gate"] * c)
        if settings.get("coupled_gates"):
            f = 1 - i
        squash_in = settings.get("input_activation", "tanh") == "tanh"
        squash_out = settings.get("output_activation", "tanh") == "tanh"
        candidate = np.tanh(a["candidate"]) if squash_in else a["candidate"]
        c = f * c + i * candidate
        o = 1
        if "output_gate" in a:
            o = sigmoid(a["output_gate"] + p["output_gate"] * c)
        found = {
            "input_gate": i,
            "forget_gate": f,
            "candidate": candidate,
            "output_gate": o,
            "output": o * (np.tanh(c) if squash_out else c),
            "carry": c,
        }
        return {name: found[name] for name in found if name not in GATES or name in a}

    def run_reference(self, x, weights, states, **order):
        """All outputs and the final states, as `tests.reference.run` gives them."""

        def step(x, states, *weights):
            found = self.gates(x, states, *weights)
            return tuple(found[name] for name in self.state_names)

        return reference.run(step, x, tuple(states), weights, **order)


NAMED = tuple(Variant(name, settings) for name, settings in LSTM_VARIANTS.items())

MIXED = (
    Variant(
        "no gates",
        {"use_input_gate": False, "use_forget_gate": False, "use_output_gate": False},
    ),
    Variant(
        "linear, forget gate only",
        {
            "use_input_gate": False,
            "use_output_gate": False,
            "input_activation": "linear",
            "output_activation": "linear",
        },
    ),
    Variant(
        "coupled, linear, no peepholes",
        {"coupled_gates": True, "output_activation": None, "use_peepholes": False},
    ),
    Variant(
        "coupled, no output gate",
        {"coupled_gates": True, "use_output_gate": False, "input_activation": None},
    ),
    Variant(
        "full gate recurrence, coupled",
        {"coupled_gates": True, "full_gate_recurrence": True},
    ),
)

VARIANTS = NAMED + MIXED
OWN_LOOP = tuple(v for v in VARIANTS if v.name not in ("V", "NP"))
"""Those that don't take the loop of the LSTM, which is tested elsewhere."""

ALONE = tuple(v for v in NAMED if v.name not in ("V", "NP"))
"""Those that change one part, each of which has a loop of its own in C++."""

WITHOUT_PEEPHOLES = tuple(
    Variant(f"{v.name} without peepholes", {**v.settings, "use_peepholes": False})
    for v in ALONE
)
