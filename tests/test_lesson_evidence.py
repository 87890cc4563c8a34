"""What the lesson of the documentation says of the studies, and their results."""

import csv
import importlib.util
import re

import pytest

from tests.pages import ROOT, words

PAGE = ROOT / "docs" / "lesson.md"
RESULTS = ROOT / "results"


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


def differences(comparison, dataset):
    wanted = {"protocol": "ours", "comparison": comparison, "dataset": dataset}
    found = rows("chung2014", "claims", **wanted)
    return [float(r["mean_difference"]) for r in found if "NLL" in r["measure"]]


def effects(claim, dataset):
    found = rows("jozefowicz2015", "claims", claim=claim, dataset=dataset)
    return [float(row["effect"]) for row in found]


NUMBERS = ("lstm", "lstm_b", "lstm_b2")
"""The rows of the dial whose bias starts at 0, 1 and 2."""


def copies(lag, *units):
    """The shares of the symbols that are copied over so many steps, by each row."""
    found = rows("jozefowicz2015", "accuracies", dataset=f"copying_{lag}")
    means = {row["unit"]: float(row["mean"]) for row in found}
    return [means[unit] for unit in units]


def is_lower_in_every_pair():
    """Nats of the GRU below those of the LSTM, trained alike."""
    scores = {}
    for row in (
        *rows("karpathy2015", "networks", unit="lstm|gru"),
        *rows("tunes", "models", unit="lstm|gru"),
    ):
        model = tuple(row.get(x) for x in ("dataset", "encoding", "row", "layers"))
        nats = row["test"] if "test" in row else row["test_note"]
        scores.setdefault(model, {})[row["unit"]] = float(nats)
    assert len(scores) >= 10
    return all(pair["gru"] < pair["lstm"] for pair in scores.values())


def well_formed():
    return [
        float(row["well_formed"])
        for unit in ("GRU", "LSTM", "tanh")
        for row in rows(
            "tunes", "samples", dataset="collections", origin=f"{unit}, tokens"
        )
    ]


def units_by(penalty):
    """The units on Nottingham with a penalty, best first."""
    found = rows(
        "chung2014", "penalties", dataset="nottingham", penalty=penalty, best="True"
    )
    return [row["unit"] for row in sorted(found, key=lambda row: float(row["valid"]))]


FOUND = {
    "On chorales the LSTM is ahead; on the other sets of music and on raw speech no "
    "difference between the two is shown": lambda: (
        chung("LSTM minus GRU", "jsb_chorales") == {"LSTM better"}
        and chung("LSTM minus GRU", "nottingham|musedata|piano_.*|speech_.")
        == {"no difference shown"}
    ),
    "On characters and folk tunes its nats are lower than the LSTM's in every pair of "
    "models": is_lower_in_every_pair,
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
    "On MuseData it is ahead of both gated units, on Nottingham level with the LSTM": (
        lambda: (
            chung("(LSTM|GRU) minus tanh", "musedata") == {"does not hold here"}
            and chung("LSTM minus tanh", "nottingham") == {"not decided"}
        )
    ),
    "on the chorales and Piano-midi.de both are ahead of it, and on raw speech by more "
    "than two nats": lambda: (
        chung("(LSTM|GRU) minus tanh", "jsb_.*|piano_.*|speech_.") == {"holds here"}
        and max(differences("(LSTM|GRU) minus tanh", "speech_.")) < -2
    ),
    "of the answers of arithmetic gated units get more than half of the symbols more, "
    "of XML a sixth of all": lambda: (
        verdicts("jozefowicz2015", claim="Gated units beat tanh by far") == {"held"}
        and min(effects("Gated units beat tanh by far", "arithmetic_3")) > 1 / 2
        and min(effects("Gated units beat tanh by far", "xml")) > 1 / 6
    ),
    "Without it the LSTM loses more than a tenth of the symbols of arithmetic and of "
    "XML, and more than without its input gate or its output gate": lambda: (
        verdicts("jozefowicz2015", claim="The forget gate is the one .*") == {"held"}
        and min(effects("The forget gate is the one that matters", ".*")) > 1 / 10
    ),
    "In our own runs on arithmetic it gets more right at the same learning "
    "rate": lambda: (
        verdicts(
            "jozefowicz2015",
            claim="Ours: the bias of the forget gate .*",
            dataset="arithmetic_3",
            what="LSTM-b minus LSTM",
        )
        == {"held"}
    ),
    "With each at its best rate three seeds of arithmetic and XML decide neither that "
    "it helps nor that it closes the gap": lambda: (
        verdicts(
            "jozefowicz2015", claim="A forget bias of 1 .*", dataset="arithmetic_3|xml"
        )
        == {"not decided"}
    ),
    "Of symbols that come back after 100 steps the LSTM guesses nine in ten with "
    "`Chrono`, which gives each unit a time of its own, and less than a third with a "
    "bias of 0, 1 or 2; of those that come back after 500, seven in ten, and less than "
    "a third": lambda: (
        copies(100, "lstm_chrono")[0] > 0.9
        and copies(500, "lstm_chrono")[0] > 0.7
        and max(copies(100, *NUMBERS) + copies(500, *NUMBERS)) < 1 / 3
    ),
    "In one way of training the simple unit was the best of the three on Nottingham, "
    "in another the last": lambda: (
        units_by("none")[0] == units_by("decoupled")[-1] == "tanh"
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
    for study in evidence.CLAIMS:
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
        f"({low:.3f} to {high:.3f}) | no difference shown |"
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
