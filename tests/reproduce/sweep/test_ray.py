"""A sweep on a local Ray cluster of two nodes, one of which is lost."""

import subprocess
import time

import pandas as pd
import pytest

from reproduce.sweep.ledger import Ledger
from tests import needs
from tests.reproduce.command import COMMAND

pytestmark = pytest.mark.exhaustive

ray_cluster = needs.package("ray.cluster_utils")

NODE = {"num_cpus": 1, "object_store_memory": 80 * 2**20}


@pytest.fixture
def cluster(monkeypatch):
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    cluster = ray_cluster.Cluster(initialize_head=True, head_node_args=NODE)
    yield cluster
    cluster.shutdown()


def running(url):
    """How many trials are running now."""
    try:
        ledger = Ledger(url)
    except ValueError:
        return 0
    return sum(
        trial.state.name == "RUNNING"
        for study in ledger.storage.get_all_studies()
        for trial in ledger.storage.get_all_trials(study._study_id)
    )


@pytest.mark.filterwarnings("ignore")
def test_a_lost_node_loses_no_trial(cluster, environment, tmp_path):
    second = cluster.add_node(**NODE)
    process = subprocess.Popen(
        [
            *COMMAND,
            *("--units", "gru", "tanh", "--trials", "1", "--heartbeat", "1"),
            *("--epochs", "20", "--patience", "20", "--checkpoint-seconds", "0"),
            *("--workers", "2", "--ray", cluster.address, "--out", str(tmp_path)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    deadline = time.monotonic() + 240
    while running(url) < 2 and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    time.sleep(3)
    cluster.remove_node(second, allow_graceful=False)
    output, _ = process.communicate(timeout=400)
    assert process.returncode == 0, output
    trials = pd.read_csv(tmp_path / "trials.csv")
    assert len(trials) == 2
    assert trials["name"].is_unique
    ledger = Ledger(url)
    states = [
        trial.state.name
        for study in ledger.storage.get_all_studies()
        for trial in ledger.storage.get_all_trials(study._study_id)
    ]
    assert states.count("COMPLETE") == 2
    assert states.count("FAIL") >= 1
