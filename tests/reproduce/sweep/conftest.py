"""Ledgers on real data bases. `.ci/postgresql` starts a PostgreSQL server."""

import os
import uuid

import pytest
import sqlalchemy

from reproduce.sweep.ledger import Ledger
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
    ledger = Ledger(storage, heartbeat=HEARTBEAT)
    yield ledger
    ledger.storage.engine.dispose()
