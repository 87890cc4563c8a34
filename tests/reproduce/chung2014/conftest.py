import pytest

from tests.reproduce.chung2014.report_examples import (
    make_baseline,
    report,
    whole_study,
)


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    """The folder of a report on every protocol, arm and set, and what it printed."""
    out = tmp_path_factory.mktemp("study")
    baselines = [make_baseline(), make_baseline("speech_b", "independent Gaussian")]
    return out, report(whole_study(), out, baselines)
