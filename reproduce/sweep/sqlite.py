"""SQLite shared by several processes."""

from typing import Any

import sqlalchemy


def one_writer(engine: sqlalchemy.Engine) -> None:
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
