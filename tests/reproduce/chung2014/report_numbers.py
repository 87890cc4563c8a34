"""What the tables of a report must say, computed from the records by other means."""

import math
import statistics

from scipy import stats

DASH = "—"
NAMES = {"lstm": "LSTM", "gru": "GRU", "tanh": "tanh"}
TITLES = {
    "nottingham": "Nottingham",
    "jsb_chorales": "JSB Chorales",
    "musedata": "MuseData",
    "piano_midi_de": "Piano-midi.de (NOT comparable)",
    "speech_a": "Speech A (stand-in)",
    "speech_b": "Speech B (stand-in)",
}
"""In the order of the paper, as the tables of the made-up study name them."""

PAPER = {
    "nottingham": {"tanh": (3.22, 3.13), "gru": (2.79, 3.23), "lstm": (3.08, 3.20)},
    "jsb_chorales": {"tanh": (8.82, 9.10), "gru": (6.94, 8.54), "lstm": (8.15, 8.67)},
    "musedata": {"tanh": (5.64, 6.23), "gru": (5.06, 5.99), "lstm": (5.18, 6.23)},
    "piano_midi_de": {"tanh": (5.64, 9.03), "gru": (4.93, 8.82), "lstm": (6.49, 9.03)},
    "speech_a": {"tanh": (6.29, 6.44), "gru": (2.31, 3.59), "lstm": (1.44, 2.70)},
    "speech_b": {"tanh": (7.61, 7.62), "gru": (0.38, 0.88), "lstm": (0.80, 1.26)},
}
"""Table 2 of the paper, (train, test)."""

FIGURE_2 = {
    "nottingham": {"lstm": (811, 936), "gru": (796, 986), "tanh": (883, 951)},
    "musedata": {"lstm": (3320, 4577), "gru": (3305, 4545), "tanh": (3462, 4653)},
}
SCORED = {
    "nottingham": (176_561 / 694 - 1, 45_513 / 173 - 1),
    "musedata": (245_202 / 524 - 1, 82_755 / 135 - 1),
}
"""Scored steps of a sequence on average, of the train and of the validation split."""


def cells(block):
    lines = [line.strip("| ").split(" | ") for line in block.splitlines()]
    head, rule, *rows = lines
    assert all(set(cell) <= {"-", ":"} for cell in rule)
    # A cell that is empty at the end was stripped with the border.
    return head, [row + [""] * (len(head) - len(row)) for row in rows]


def chosen(records, protocol, arm="table1"):
    """By data set and unit, the trials that validation chooses, by their seeds."""
    best = {}
    for record in records:
        trial = record.trial
        if (trial.protocol, trial.arm) == (protocol, arm):
            key = trial.dataset, trial.unit, trial.seed
            rival = best.get(key, record)
            best[key] = min(rival, record, key=lambda r: r.score("nll", "valid"))
    cells = {}
    for dataset in TITLES:
        for unit in NAMES:
            of_cell = [best[key] for key in sorted(best) if key[:2] == (dataset, unit)]
            if of_cell:
                cells[dataset, unit] = of_cell
    return cells


def scores(records, split, average="pooled", noise=False):
    name = "nll_with_noise" if noise else "nll"
    return [record.score(name, split, average) for record in records]


def with_spread(values):
    return f"{statistics.mean(values):.3f} ± {statistics.stdev(values):.3f}"


def unit_cell(records):
    trial = records[0].trial
    return f"{NAMES[trial.unit]}\N{NO-BREAK SPACE}{trial.units}"


def result_rows(cells):
    for (dataset, unit), records in cells.items():
        yield [
            TITLES[dataset],
            unit_cell(records),
            f"{records[0].parameters['recurrent']:,}",
            str(len(records)),
            with_spread(scores(records, "train")),
            with_spread(scores(records, "valid")),
            f"**{with_spread(scores(records, 'test'))}**",
            with_spread(scores(records, "test", "per_sequence")),
            *(f"{value:.2f}" for value in PAPER[dataset][unit]),
            f"{statistics.mean(record.seconds for record in records):.0f}",
        ]


def noise_rows(cells):
    for (dataset, _), records in cells.items():
        if "nll_with_noise" not in records[0].scores:
            continue
        noisy, quiet = (scores(records, "test", noise=on) for on in (True, False))
        yield [
            TITLES[dataset],
            unit_cell(records),
            with_spread(scores(records, "train", noise=True)),
            with_spread(scores(records, "valid", noise=True)),
            with_spread(noisy),
            with_spread(scores(records, "test", "per_sequence", noise=True)),
            with_spread(quiet),
            f"{statistics.mean(noisy) - statistics.mean(quiet):+.3f}",
        ]


def paired(differences):
    """Mean, ends of the interval of 95 % and p value of Student's test, by hand."""
    mean, n = statistics.mean(differences), len(differences)
    error = statistics.stdev(differences) / math.sqrt(n)
    width = stats.t.ppf(0.975, n - 1) * error
    p_value = 2 * stats.t.sf(abs(mean) / error, n - 1)
    return mean, mean - width, mean + width, p_value


def adjusted(p_values):
    """Holm's adjustment by its definition."""
    count = len(p_values)
    order = sorted(range(count), key=p_values.__getitem__)
    found = [0.0] * count
    for place, index in enumerate(order):
        steps = ((count - k) * p_values[order[k]] for k in range(place + 1))
        found[index] = min(1.0, max(steps))
    return found


def probability(value):
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def needed(record, quantity, target):
    """How much it takes until validation first reaches a target."""
    total = 0
    history = record.history
    for score, more in zip(history["valid_nll"], history[quantity], strict=True):
        total += more
        if score <= target:
            return total
    return math.inf


def evidence_rows(records, first, second, sign, quantity=None):
    """The rows of a comparison in all protocols, without their verdicts."""
    for protocol, name in (
        ("ours", "ours"),
        ("paper", "the paper's"),
        ("code", "the authors' code"),
    ):
        cells = chosen(records, protocol)
        compared = {}
        for dataset in TITLES:
            if (dataset, first) in cells:
                pairs = zip(cells[dataset, first], cells[dataset, second], strict=True)
                compared[dataset] = paired([difference(*p, quantity) for p in pairs])
        holm = adjusted([found[3] for found in compared.values()])
        for (dataset, found), p_holm in zip(compared.items(), holm, strict=True):
            form = (lambda x: f"{math.exp(x):.3f}") if quantity else "{:+.3f}".format
            yield [
                name,
                TITLES[dataset],
                f"{NAMES[first]} {sign} {NAMES[second]}",
                f"ratio of {quantity}" if quantity else "difference of test NLL",
                str(len(cells[dataset, first])),
                form(found[0]),
                f"{form(found[1])} to {form(found[2])}",
                probability(found[3]),
                probability(p_holm),
            ]


def difference(first, second, quantity):
    if quantity is None:
        return scores([first], "test")[0] - scores([second], "test")[0]
    target = max(min(record.history["valid_nll"]) for record in (first, second))
    return math.log(needed(first, quantity, target) / needed(second, quantity, target))
