import re

import pytest

from tests.reproduce.chung2014.report_examples import (
    make_baseline,
    report,
    whole_study,
)
from tests.reproduce.chung2014.report_numbers import cells


@pytest.fixture(scope="session")
def records():
    return whole_study()


@pytest.fixture(scope="session")
def study(records, tmp_path_factory):
    """The folder of a report on every protocol, arm and set, and what it printed."""
    out = tmp_path_factory.mktemp("study")
    baselines = [make_baseline(), make_baseline("speech_b", "independent Gaussian")]
    return out, report(records, out, baselines)


@pytest.fixture(scope="session")
def sections(study):
    """The tables of each section: for each the head and the rows, as lists of cells."""
    text = (study[0] / "report.md").read_text(encoding="utf-8")
    found = {}
    for section in re.split(r"^##+ ", text, flags=re.MULTILINE)[1:]:
        title, _, body = section.partition("\n")
        blocks = re.findall(r"(?:^\|.*\n)+", body, flags=re.MULTILINE)
        found.setdefault(title, []).extend(map(cells, blocks))
    return found
