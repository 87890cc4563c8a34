"""The lesson of the documentation: its code runs, and what it says is so."""

import contextlib
import csv
import importlib.util
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from tests.pages import PICTURES, ROOT, run_page
from tests.tiers import exhaustive_elsewhere

PAGE = ROOT / "docs" / "lesson.md"
RESULTS = ROOT / "results"


def words(text):
    return " ".join(text.split())


def share(norms, distance):
    """The gradient `distance` steps before the loss, as a share of that at the loss."""
    medians = np.median(norms, axis=0)
    return medians[-1 - distance] / medians[-1]


def outlast(norms, distance, ratio):
    simple = share(norms["simple unit"], distance)
    return all(share(norms[name], distance) > ratio * simple for name in GATED)


def means(gate):
    """The mean of each unit over the chorale."""
    return gate[0].mean(axis=0)


GATED = ("LSTM", "GRU")

MEASURED = {
    "less than a thousandth of the gradient is left 20 steps before the loss": (
        lambda page: share(page["scaled"]["1 U"], 20) < 1e-3
    ),
    "and less than a ten-millionth 50 steps before": (
        lambda page: share(page["scaled"]["1 U"], 50) < 1e-7
    ),
    "at 200 steps it is less than one part in $10^{25}$": (
        lambda page: share(page["scaled"]["1 U"], 200) < 1e-25
    ),
    "With twice the matrix it is more than a thousand times as long as at the loss": (
        lambda page: share(page["scaled"]["2 U"], 200) > 1e3
    ),
    "Over this chorale it is more open than shut": (
        lambda page: page["gates"]["input_gate"].mean() > 0.5
    ),
    "The unit that holds on best keeps less than four fifths from one chord to the "
    "next, on average, and so has lost half after three": (
        lambda page: 0.7 < means(page["gates"]["forget_gate"]).max() < 0.5 ** (1 / 3)
    ),
    "Here cells go beyond 4": lambda page: np.abs(page["gates"]["carry"]).max() > 4,
    "two keep more than 0.8 of their state at a step, on average, and none of the "
    "others as much as half": (
        lambda page: (
            np.sum(means(page["gru_gates"]["update_gate"]) > 0.8) == 2
            and np.sum(means(page["gru_gates"]["update_gate"]) >= 0.5) == 2
        )
    ),
    "at 100 steps they are more than a billion times as large": (
        lambda page: outlast(page["trained_norms"], 100, 1e9)
    ),
    "At 200 steps there is less than a thousandth of them left": (
        lambda page: all(
            share(page["trained_norms"][name], 200) < 1e-3 for name in GATED
        )
    ),
    "on chorales most of them are less than half open": (
        lambda page: (
            np.median(page["gates"]["forget_gate"]) < 0.5
            and np.median(page["gru_gates"]["update_gate"]) < 0.5
        )
    ),
    "the error of the simple unit is more than three times that of either gated unit": (
        lambda page: all(
            page["errors"]["simple unit"] > 3 * page["errors"][name] for name in GATED
        )
    ),
    "The gradient of the simple unit falls below a tenth": (
        lambda page: share(page["noted_norms"]["simple unit"], 200) < 0.1
    ),
    "the LSTM and the GRU keep more than a fiftieth": (
        lambda page: all(share(page["noted_norms"][name], 200) > 0.02 for name in GATED)
    ),
}
"""What the page says of what its code measures, and whether that is so."""


@exhaustive_elsewhere
def test_what_the_page_measures(data_dir, tmp_path):
    with contextlib.chdir(tmp_path):
        page = run_page(PAGE)
    plt.close("all")
    made = {picture.name for picture in tmp_path.iterdir()}
    assert made == set(re.findall(r"\(examples/(.*?)\)", PAGE.read_text("utf-8")))
    assert made == {picture.name for picture in PICTURES.glob("lesson_*")}
    assert [said for said, holds in MEASURED.items() if not holds(page)] == []


@pytest.mark.once
@pytest.mark.parametrize("said", MEASURED)
def test_the_page_says_what_is_measured(said):
    assert said in words(PAGE.read_text("utf-8"))


def rows(study, table, **wanted):
    with (RESULTS / study / f"{table}.csv").open(newline="") as file:
        found = [
            row
            for row in csv.DictReader(file)
            if all(re.fullmatch(value, row[name]) for name, value in wanted.items())
        ]
    assert found
    return found


def verdicts(study, **wanted):
    return {row["verdict"] for row in rows(study, "claims", **wanted)}


def chung(comparison, dataset=".*"):
    return verdicts(
        "chung2014", protocol="ours", comparison=comparison, dataset=dataset
    )


def is_lower_in_every_pair():
    """Nats of the GRU below those of the LSTM, trained alike."""
    scores = {}
    for row in (
        *rows("karpathy2015", "networks", unit="lstm|gru"),
        *rows("tunes", "models", unit="lstm|gru"),
        *rows("chung2014", "table2", unit="lstm|gru", dataset="speech_."),
    ):
        model = tuple(row.get(x) for x in ("dataset", "encoding", "row", "layers"))
        nats = next(
            row[name]
            for name in ("test", "test_note", "test_nll_pooled_mean")
            if name in row
        )
        scores.setdefault(model, {})[row["unit"]] = float(nats)
    assert len(scores) >= 12
    return all(pair["gru"] < pair["lstm"] for pair in scores.values())


def well_formed():
    return [
        float(row["well_formed"])
        for unit in ("GRU", "LSTM", "tanh")
        for row in rows(
            "tunes", "samples", dataset="collections", origin=f"{unit}, tokens"
        )
    ]


OTHER_MUSIC = "jsb_chorales|musedata|piano_midi_de"

FOUND = {
    "No test here finds the LSTM ahead of it": lambda: (
        chung("LSTM minus GRU", ".*(?<!all)") == {"no difference shown", "GRU better"}
    ),
    "on characters, folk tunes and speech its nats are lower in every pair of models": (
        is_lower_in_every_pair
    ),
    "On the recordings of speech A it is ahead of the LSTM": lambda: (
        chung("LSTM minus GRU", "speech_a") == {"GRU better"}
    ),
    "ahead of the simple unit in all of six pairs, where for the LSTM nothing is "
    "decided": lambda: (
        [
            (row["verdict"], row["note"])
            for row in rows(
                "karpathy2015",
                "claims",
                claim="Gated units beat tanh units",
                dataset="war_and_peace",
                what="gru minus tanh.*",
            )
        ]
        == [("held", "6 of 6 pairs below 0")]
        and verdicts("karpathy2015", what="lstm minus tanh.*") == {"not decided"}
    ),
    "Recognisers of synthetic speech make fewer errors with it than with the LSTM, by "
    "frames and by CTC": lambda: (
        verdicts("tang2016", claim="The GRU is slightly better.*", dataset="flite_.*")
        == {"held"}
    ),
    "On Nottingham's music it is ahead of both gated units": lambda: (
        chung("(LSTM|GRU) minus tanh", "nottingham") == {"does not hold here"}
    ),
    "on the other three sets of music nothing is decided": lambda: (
        chung("(LSTM|GRU) minus tanh", OTHER_MUSIC) == {"not decided"}
    ),
    "the GRU's are well formed most often, then the LSTM's, then the simple unit's": (
        lambda: well_formed() == sorted(well_formed(), reverse=True)
    ),
    "each was trained once": lambda: all(
        row["seeds"] == "1" for row in rows("tunes", "models", dataset="collections")
    ),
}
"""What the page says of the studies, and whether their results have it."""


@pytest.mark.once
@pytest.mark.parametrize("said", FOUND)
def test_what_the_page_says_of_the_studies(said):
    assert said in words(PAGE.read_text("utf-8"))
    assert FOUND[said]()


@pytest.fixture
def evidence():
    """The hook that makes the tables of the page."""
    path = ROOT / "docs" / "theme" / "evidence.py"
    spec = importlib.util.spec_from_file_location("evidence", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.once
def test_the_place_of_the_evidence_is_filled(evidence):
    assert evidence.PLACE in PAGE.read_text("utf-8").splitlines()
    tables = evidence.evidence(RESULTS)
    for study in ("chung2014", "karpathy2015", "tunes", "odyssey2015", "tang2016"):
        assert f"`results/{study}`" in tables
    for of_study in tables.split("### "):
        heads = [line for line in of_study.splitlines() if line.startswith("*")]
        assert len(heads) == len(set(heads))
    (row,) = rows(
        "chung2014",
        "claims",
        protocol="ours",
        dataset="speech_a",
        comparison="LSTM minus GRU",
    )
    low, high = float(row["ci95_low"]), float(row["ci95_high"])
    assert (
        f"| speech a, LSTM minus GRU | {float(row['mean_difference']):.3f} "
        f"({low:.3f} to {high:.3f}) | GRU better |"
    ) in tables


@pytest.mark.once
def test_a_study_gets_its_table_once_it_has_results(evidence, tmp_path):
    claims = tmp_path / "tang2016" / "claims.csv"
    assert evidence.evidence(tmp_path) == ""
    claims.parent.mkdir()
    head = "claim,dataset,what,n,effect,low,high,p_value,verdict,note"
    (claim,) = evidence.CLAIMS["tang2016"]
    claims.write_text(f"{head}\n{claim},speech,a,5,1,,,,held,\n")
    assert "| speech, a | 1.000 | held |" in evidence.evidence(tmp_path)
    claims.write_text(f"{head}\nAnother claim,speech,a,5,1,,,,held,\n")
    with pytest.raises(ValueError, match=rf"tang2016.*no number.*{claim}"):
        evidence.evidence(tmp_path)


@pytest.mark.once
def test_the_claims_are_those_of_the_studies(evidence):
    for study, claims in evidence.CLAIMS.items():
        sources = (ROOT / "reproduce" / "studies" / study).rglob("*.py")
        text = "".join(path.read_text("utf-8") for path in sources)
        assert [claim for claim in claims if f'"{claim}"' not in text] == []
