"""Published numbers that stand beside those of the reproduction of Chung et al. 2014.

Only numbers that were read in the named source are here. None of them comes from
models of the paper's size trained by the paper's protocol, so they give the scale of
what is to be expected and no more.
"""

from dataclasses import dataclass

BOULANGER = "Boulanger-Lewandowski et al. 2012, table 1"
KRISHNAN = "Krishnan et al. 2017, tables 3 and 4"
PASCANU = "Pascanu et al. 2013, quoted second-hand"
JOZEFOWICZ = "Jozefowicz et al. 2015, table 2"
TCN = "Bai et al. 2018, table 1"
RRU = "Zakovskis et al. 2021"
ODYSSEY = "Greff et al. 2015 (arXiv:1503.04069)"


@dataclass(frozen=True)
class Published:
    """Test negative log-likelihoods of one method, nats per time step.

    Args:
        method: Name of the method.
        source: Where the numbers are printed.
        nll: The numbers by the name of the data set.
        note: What to know before comparing.
    """

    method: str
    source: str
    nll: dict[str, float]
    note: str = ""


def _music(
    method: str,
    source: str,
    nottingham: float | None,
    jsb_chorales: float | None,
    musedata: float | None,
    piano_midi_de: float | None,
    note: str = "",
) -> Published:
    nll = {
        "nottingham": nottingham,
        "jsb_chorales": jsb_chorales,
        "musedata": musedata,
        "piano_midi_de": piano_midi_de,
    }
    known = {name: value for name, value in nll.items() if value is not None}
    return Published(method, source, known, note)


_SIZES = "100 thousand or 1 million parameters"
_WINDOWS = "tuned, up to 5 million parameters; windows of 200 steps"
_TCN_SIZES = "1 million parameters; 300 thousand on JSB Chorales"
_SAMPLED = "importance-sampling estimate"
_BY_SEQUENCE = "mean over sequences"

PUBLISHED = (
    _music("uniform", BOULANGER, 61.00, 61.00, 61.00, 61.00),
    _music("note n-gram", BOULANGER, 4.54, 10.26, 7.91, 7.50),
    _music("MLP", BOULANGER, 4.38, 8.70, 7.94, 8.13),
    _music("RNN", BOULANGER, 4.46, 8.71, 8.13, 8.37),
    _music("RNN, Hessian-free", BOULANGER, 3.89, 8.58, 7.19, 7.66),
    _music("RTRBM", BOULANGER, 2.62, 6.35, 6.35, 7.36),
    _music("RNN-RBM", BOULANGER, 2.39, 6.27, 6.01, 7.09),
    _music("RNN-NADE, Hessian-free", BOULANGER, 2.31, 5.56, 5.60, 7.05),
    _music("RNN, SGD", PASCANU, 3.80, None, 7.11, 7.56),
    _music("RNN, clipped", PASCANU, 3.48, None, 7.00, 7.53),
    _music("RNN, clipped and regularised", PASCANU, 3.46, None, 6.99, 7.46),
    _music("tanh", JOZEFOWICZ, 3.612, None, None, 6.809, _SIZES),
    _music("LSTM", JOZEFOWICZ, 3.492, None, None, 6.866, _SIZES),
    _music("GRU", JOZEFOWICZ, 3.410, None, None, 6.876, _SIZES),
    _music(
        "LSTM, best of all variants",
        ODYSSEY,
        None,
        8.38,
        None,
        None,
        "the best of 1800 trials; no input activation",
    ),
    _music("tanh", TCN, 4.05, 8.91, None, None, _TCN_SIZES),
    _music("LSTM", TCN, 3.29, 8.45, None, None, _TCN_SIZES),
    _music("GRU", TCN, 3.46, 8.43, None, None, _TCN_SIZES),
    _music("TCN", TCN, 3.07, 8.10, None, None, _TCN_SIZES),
    _music("LSTM", RRU, 3.25, 8.33, 7.24, 7.54, _WINDOWS),
    _music("GRU", RRU, 3.22, 8.20, 7.31, 7.58, _WINDOWS),
    _music("RRU", RRU, 2.92, 7.72, 7.03, 7.38, _WINDOWS),
    _music("TSBN", KRISHNAN, 3.67, 7.48, 6.81, 7.98, _BY_SEQUENCE),
    _music("STORN", KRISHNAN, 2.85, 6.91, 6.16, 7.13),
    _music("LV-RNN", KRISHNAN, 2.72, 3.99, 6.89, 7.61),
    _music("DMM", KRISHNAN, 2.770, 6.388, 6.831, 7.835, _SAMPLED),
    _music("DMM-Aug", KRISHNAN, 2.679, 6.288, 6.356, 7.591, _SAMPLED),
    _music("DMM-Aug-NADE", KRISHNAN, 2.305, 5.118, 6.049, 7.048, _SAMPLED),
)
"""Frame-level test NLL on the four sets of polyphonic music."""

FIGURE2_ENDS = {
    "nottingham": {"tanh": (883, 951), "gru": (796, 986), "lstm": (811, 936)},
    "musedata": {"tanh": (3462, 4653), "gru": (3305, 4545), "lstm": (3320, 4577)},
}
"""The last train and validation values of the curves in figure 2 of Chung et al. 2014,
read off the picture: nats per sequence. It shows these two sets only."""

SEQUENCES_AND_STEPS = {
    "nottingham": {"train": (694, 176_561), "valid": (173, 45_513)},
    "musedata": {"train": (524, 245_202), "valid": (135, 82_755)},
}
"""Number of sequences, and of their steps together, of the sets in figure 2."""


def implied_by_figure2(dataset: str, unit: str) -> dict[str, float]:
    """The averages over all steps that the curves of figure 2 end with.

    A sum per sequence divided by the mean number of scored steps is the average over
    all steps. The first step of a sequence is not scored.

    Args:
        dataset: `"nottingham"` or `"musedata"`.
        unit: `"lstm"`, `"gru"` or `"tanh"`.

    Returns:
        Nats per step for `"train"` and `"valid"`.

    Raises:
        KeyError: If figure 2 does not show the data set.

    Examples:
        >>> from reproduce.studies.chung2014.literature import implied_by_figure2
        >>> round(implied_by_figure2("musedata", "gru")["valid"], 2)
        7.43
    """
    ends = dict(zip(("train", "valid"), FIGURE2_ENDS[dataset][unit], strict=True))
    return {
        split: ends[split] * sequences / (steps - sequences)
        for split, (sequences, steps) in SEQUENCES_AND_STEPS[dataset].items()
    }
