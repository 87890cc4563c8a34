"""The order, the names and the colours of what the study shows."""

from collections.abc import Iterable

from reproduce.study import DataSet

VANILLA = "V"

VARIANTS = {
    VANILLA: "vanilla",
    "CIFG": "coupled input and forget gate",
    "FGR": "full gate recurrence",
    "NP": "no peepholes",
    "NOG": "no output gate",
    "NIAF": "no input activation function",
    "NIG": "no input gate",
    "NFG": "no forget gate",
    "NOAF": "no output activation function",
}
"""In the order of the paper's figure 3."""

ALL = "all"
"""Stands for the variant, or the set, where all of them are taken together."""

DATASETS = {
    "jsb_chorales": DataSet("JSB Chorales"),
    "flite_phones": DataSet("Flite phones", "TIMIT"),
    "omniglot_words": DataSet("Omniglot words", "IAM-OnDB"),
}

TITLES = {
    name: f"{dataset.title} (stand-in for {dataset.stands_for})"
    if dataset.stands_for
    else dataset.title
    for name, dataset in DATASETS.items()
}

BASELINE_COLOUR = "#0072B2"
"""Vanilla, and what is ours beside the paper's."""

VARIANT_COLOUR = "#8FA7B8"
PAPER_COLOUR = "#D55E00"
SIZE_COLOURS = ("#56B4E9", "#009E73", "#CC79A7")
"""Small, middle and large networks. All of these are told apart by colour-blind
readers."""


def title(dataset: str) -> str:
    """The name of a data set for readers; stand-ins are called so."""
    return TITLES.get(dataset, dataset)


def in_order(names: Iterable[str], order: Iterable[str]) -> list[str]:
    """Each name once, as `order` has them; unknown ones last, by the alphabet."""
    known = list(order)
    left = set(names)
    return [n for n in known if n in left] + sorted(left.difference(known))
