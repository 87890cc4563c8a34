"""Ledgers on real data bases. `.ci/postgresql` starts a PostgreSQL server."""

import os
import uuid

import pytest
import sqlalchemy

from reproduce.ledger import Ledger
from reproduce.studies.chung2014.trial import Trial
from tests import needs

SERVER = "KERAS_GATED_POSTGRESQL"
HEARTBEAT = 600


@pytest.fixture
def sqlite(tmp_path):
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def postgresql():
    """An empty data base on the server that `KERAS_GATED_POSTGRESQL` names."""
    server = os.environ.get(SERVER)
    if not server:
        needs.missing(f"{SERVER} names no PostgreSQL server")
    name = f"test_{uuid.uuid4().hex}"
    engine = sqlalchemy.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    yield engine.url.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def ledger(storage):
    """Nothing in it dies unless a test makes it older."""
    ledger = Ledger(storage, Trial, heartbeat=HEARTBEAT)
    yield ledger
    ledger.storage.engine.dispose()


RAY_WAITS = {
    "health_check_timeout_ms": 60_000,
    "gcs_server_request_timeout_seconds": 300,
}
"""For a node that only has no processor for a while, and is no lost one."""


@pytest.fixture
def start_cluster(monkeypatch):
    """Starts a Ray cluster of one node with so many processors."""
    ray_cluster = needs.package("ray.cluster_utils")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    clusters = []

    def start(processors):
        node = {"num_cpus": processors, "object_store_memory": 80 * 2**20}
        cluster = ray_cluster.Cluster(
            initialize_head=True,
            head_node_args={**node, "_system_config": RAY_WAITS},
        )
        clusters.append(cluster)
        return cluster, node

    yield start
    for cluster in clusters:
        cluster.shutdown()
