"""Opens the data base, whoever else opens it at the moment."""

import time
from contextlib import suppress
from typing import Any

import sqlalchemy
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback

from reproduce.ledger.rows import MAX_RETRIES

GRACE = 4
"""Heartbeats that may be missed before a trial counts as dead."""

IN_MEMORY = ("sqlite://", "sqlite:///", "sqlite:///:memory:")

LOCK_SECONDS = 60
OPENINGS = 3
OPENING_SECONDS = 0.5


def open_storage(url: str, heartbeat: int) -> RDBStorage:
    """Opens a data base, and makes its tables if it is empty.

    Args:
        url: Its address.
        heartbeat: Seconds between two signs of life of a running trial.

    Raises:
        ValueError: If it cannot be opened.
    """
    if url in IN_MEMORY:
        raise ValueError(
            f"The ledger {url} is in the memory of one process. Name a file, such as "
            "sqlite:///ledger.db, or a data base that others reach."
        )
    try:
        storage = _open(url, heartbeat)
    except (ImportError, sqlalchemy.exc.SQLAlchemyError) as error:
        raise ValueError(
            f"The ledger {url} cannot be opened: {error}. A folder that can be "
            "written to is needed, or the address of a running data base."
        ) from error
    if url.startswith("sqlite"):
        _one_writer(storage.engine)
    return storage


def _open(url: str, heartbeat: int) -> RDBStorage:
    """Tries several times.

    Two processes that find it empty both make the tables; the second one fails at the
    first table that is there already, and tries again.
    """
    for _ in range(OPENINGS):
        with suppress(sqlalchemy.exc.DBAPIError):
            return _storage(url, heartbeat)
        time.sleep(OPENING_SECONDS)
    return _storage(url, heartbeat)


def _storage(url: str, heartbeat: int) -> RDBStorage:
    return RDBStorage(
        url,
        engine_kwargs={"connect_args": {"timeout": LOCK_SECONDS}}
        if url.startswith("sqlite")
        else None,
        heartbeat_interval=heartbeat,
        grace_period=GRACE * heartbeat,
        heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(
            max_retry=MAX_RETRIES
        ),
    )


def _one_writer(engine: sqlalchemy.Engine) -> None:
    """Makes every transaction lock the file when it begins.

    Python's driver begins a transaction at the first change. Two processes that both
    read that a trial is waiting could then both take it.
    """

    @sqlalchemy.event.listens_for(engine, "connect")
    def leave_beginning_to_us(connection: Any, record: Any) -> None:
        connection.isolation_level = None

    @sqlalchemy.event.listens_for(engine, "begin")
    def begin(connection: sqlalchemy.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    engine.dispose()
