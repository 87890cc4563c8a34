import re
from html.parser import HTMLParser

import matplotlib.image
import pandas as pd
import pytest

from reproduce.record import frame_of
from reproduce.studies.chung2014.report.figures import lowest_seed
from tests.reproduce.chung2014.report_examples import (
    NAN,
    make_record,
    report,
    whole_study,
)

VOID = {"img", "meta", "br", "hr", "link"}


class Page(HTMLParser):
    """Collects the elements of a page and checks that they close."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.text = [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


def test_rows_come_in_the_order_of_the_paper(study):
    table = pd.read_csv(study[0] / "table2.csv")
    assert table["unit"].tolist() == ["lstm", "gru", "tanh"] * 6
    assert table["dataset"].drop_duplicates().tolist() == [
        "nottingham",
        "jsb_chorales",
        "musedata",
        "piano_midi_de",
        "speech_a",
        "speech_b",
    ]


def test_trials_table_has_all_of_the_configuration(study):
    table = pd.read_csv(study[0] / "trials.csv")
    assert len(table) == len(whole_study())
    wanted = {
        "protocol",
        "seed",
        "recipe.optimizer",
        "recipe.weight_noise",
        "layer_arguments.unit_forget_bias",
        "test_nll_per_sequence",
        "valid_nll_with_noise_pooled",
        "recurrent_parameters",
        "total_parameters",
        "best_epoch",
        "epochs",
        "seconds",
    }
    assert wanted <= set(table.columns)
    assert set(table["versions.keras"]) == {"3.15.1"}
    assert set(table["versions.jax"]) == {"0.10.2"}


def test_table1_counts_recurrent_layers_and_whole_models(study):
    table = pd.read_csv(study[0] / "table1.csv")
    speech = table[table["data"] == "speech"]
    assert speech["recurrent"].tolist() == [169_065, 168_888, 168_400]
    assert speech["total"].tolist() == [251_385, 264_648, 336_820]
    assert speech["paper"].tolist() == [169_100, 168_900, 168_400]
    jsb = table[table["input_size"] == 96]
    assert jsb["total"].tolist() == [22_812, 24_246, 29_396]


def test_every_number_of_table2_is_in_both_pages(study):
    out, _ = study
    markdown = (out / "report.md").read_text(encoding="utf-8")
    page = "".join(Page((out / "report.html").read_text(encoding="utf-8")).text)
    for row in pd.read_csv(out / "table2.csv").itertuples():
        for text in (
            f"{row.parameters:,}",
            f"{row.test_nll_pooled_mean:.3f} ± {row.test_nll_pooled_std:.3f}",
            f"{row.test_nll_per_sequence_mean:.3f}",
            f"{row.train_nll_pooled_mean:.3f}",
            f"{row.paper_train:.2f}",
            f"{row.paper_test:.2f}",
            f"{row.seconds:.0f}",
        ):
            assert text in markdown
            assert text in page


def test_the_page_needs_no_other_file(study):
    text = (study[0] / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    pictures = page.all("img")
    assert len(pictures) == 3
    for picture in pictures:
        assert picture["src"].startswith("data:image/png;base64,")
        assert len(picture["alt"]) > 20
    assert not page.all("script") and not page.all("link")
    assert not re.search(r"""(src|url)\s*[=(]\s*["']?http""", text)
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("title")) == len(page.all("h1")) == 1
    assert len(page.all("figure")) == len(page.all("figcaption")) == 3
    assert all(cell["scope"] == "col" for cell in page.all("th"))


def test_names_in_records_cannot_become_markup(tmp_path):
    report([make_record(data="<script>|</script>")], tmp_path)
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert not page.all("script")
    assert "<script>|</script>" in "".join(page.text)


def test_data_that_are_not_the_papers_are_marked(study):
    out, printed = study
    markdown = (out / "report.md").read_text(encoding="utf-8")
    assert "NOT comparable with the paper: the data are pieces of an" in printed
    assert "a stand-in" in printed
    sections = re.split(r"^#+ ", markdown, flags=re.MULTILINE)
    for section in sections:
        if re.search(r"^\|.*Speech [AB]", section, flags=re.MULTILINE):
            assert "Stand-ins for Ubisoft's sets, which were never public" in section
        if re.search(r"^\| Piano-midi.de", section, flags=re.MULTILINE):
            assert "NOT comparable with the paper" in section


def test_canonical_music_is_not_marked(tmp_path):
    printed = report([make_record()], tmp_path)
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "NOT comparable" not in printed + markdown
    assert "Stand-ins" not in markdown


def test_results_fit_a_narrow_terminal(study):
    printed = study[1]
    assert "…" not in printed
    gru = next(line for line in printed.splitlines() if line.startswith(" GRU"))
    assert len(gru.split()) == 10
    assert "Written to" in printed


def test_pictures_show_what_there_is(study):
    for name in ("figure2.png", "figure3.png", "learning_rates.png"):
        picture = matplotlib.image.imread(study[0] / name)
        assert picture.std() > 0.01
    assert not list(study[0].glob(".*"))


def test_curves_are_of_the_lowest_seed():
    records = [make_record(seed=2), make_record(seed=1), make_record("lstm", seed=1)]
    assert lowest_seed(frame_of(records)).index.tolist() == [1, 2]


def test_baselines_and_published_numbers_are_reported(study):
    markdown = (study[0] / "report.md").read_text(encoding="utf-8")
    assert "| linear autoregression | 9.100 | 9.200 | 9.345 |" in markdown
    assert "Boulanger-Lewandowski" in markdown
    # Figure 2 on MuseData: 4545 nats a sequence over 612 scored steps.
    assert "7.43" in markdown


@pytest.mark.parametrize(
    "records",
    [
        [make_record()],
        [make_record(dataset="speech_a", data="Free Spoken Digit Dataset")],
        [make_record(arm="total")],
        [make_record(protocol="code", noise_cost=None)],
        [make_record(valid=NAN, test=NAN, train=NAN)],
        [
            make_record(
                valid=NAN,
                test=NAN,
                train=NAN,
                noise_cost=None,
                history={"valid_nll": [9.0, NAN, NAN]},
            ),
            make_record("lstm", history={"valid_nll": [NAN]}),
        ],
        [
            make_record(dataset="speech_b", data="x", history={"valid_nll": [1, -2]}),
        ],
    ],
    ids=["one", "speech", "arm", "code", "diverged", "nan", "negative"],
)
def test_partial_ledgers_can_be_reported(records, tmp_path):
    report(records, tmp_path)
    Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert not re.search(r"\b(nan|inf|None)\b", markdown)
    tables = {path.name: pd.read_csv(path) for path in tmp_path.glob("*.csv")}
    assert "trials.csv" in tables
    assert not any(table.empty for table in tables.values())
    if "table2.csv" in tables:
        assert tables["table2.csv"].columns[0] == "dataset"
