"""A sweep on a local Ray cluster of two nodes, one of which is lost."""

import pandas as pd
import psutil
import pytest

from reproduce.ledger import Ledger
from reproduce.studies.chung2014.trial import Trial
from tests.reproduce.sweep import held

pytestmark = pytest.mark.exhaustive


def is_alive(number):
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.filterwarnings("ignore")
def test_a_lost_node_loses_no_trial(start_cluster, environment, tmp_path):
    cluster, node = start_cluster(1)
    second = cluster.add_node(**node)
    process = held.start(
        *("--units", "gru", "tanh", "--trials", "1", "--heartbeat", "1"),
        *("--epochs", "4", "--checkpoint-seconds", "0"),
        *("--workers", "2", "--ray", cluster.address, "--out", tmp_path),
        env=environment,
    )
    held.wait_until(lambda: held.models(tmp_path) == {"gru", "tanh"}, process)
    cluster.remove_node(second, allow_graceful=False)
    held.wait_until(lambda: not all(map(is_alive, held.processes(tmp_path))), process)
    held.let_go(tmp_path, "gru", "tanh")
    output, _ = process.communicate(timeout=held.LONG_SECONDS)
    assert process.returncode == 0, output
    trials = pd.read_csv(tmp_path / "trials.csv")
    assert len(trials) == 2
    assert trials["name"].is_unique
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", Trial)
    states = [
        trial.state.name
        for study in ledger.storage.get_all_studies()
        for trial in ledger.storage.get_all_trials(study._study_id)
    ]
    assert states.count("COMPLETE") == 2
    assert states.count("FAIL") >= 1
