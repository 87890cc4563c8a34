"""Workers as tasks on a Ray cluster."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reproduce.sweep.worker import Job, work

ROOT = Path(__file__).resolve().parents[2]
CONNECT_SECONDS = 10.0
LEFT_BEHIND = [".git", ".venv", "results", "site", "tests", "docs", ".*_cache"]


class RayCrew:
    """Tasks of one core each; Ray runs those that die again, on other nodes.

    Args:
        job: What they work on. Its ledger must be in reach of every node.
        workers: Their number.
        address: Address of the cluster, as for `ray.init`.
        environment: Environment variables of the tasks.

    Raises:
        ImportError: If Ray is not installed.
        ValueError: If there is no cluster at `address`.
    """

    def __init__(
        self, job: Job, workers: int, address: str, environment: Mapping[str, str]
    ) -> None:
        self._ray = _import_ray()
        try:
            _knock(address)
            self._ray.init(
                address=address,
                log_to_driver=False,
                runtime_env={
                    "working_dir": str(ROOT),
                    "excludes": LEFT_BEHIND,
                    "env_vars": dict(environment),
                },
            )
        except (OSError, RuntimeError) as error:
            raise ValueError(f"No Ray cluster at {address}: {error}") from error
        task = self._ray.remote(num_cpus=1, max_retries=-1)(work)
        self._tasks = [task.remote(job) for _ in range(workers)]

    def __enter__(self) -> "RayCrew":
        return self

    def __exit__(self, *_: object) -> None:
        for task in self._tasks:
            self._ray.cancel(task, force=True)
        self._ray.shutdown()

    def messages(self) -> list[str]:
        """Nothing: what tasks write is in the logs of Ray, each on its node."""
        return []

    def is_working(self) -> bool:
        """Whether there is a task left.

        Raises:
            ray.exceptions.RayTaskError: If a task could not store its results.
        """
        done, self._tasks = self._ray.wait(
            self._tasks, num_returns=len(self._tasks), timeout=0
        )
        self._ray.get(done)
        return bool(self._tasks)


def _knock(address: str) -> None:
    """Tries the port of a cluster, which Ray would do for minutes."""
    host, _, port = address.rpartition("//")[2].rpartition(":")
    if port.isdecimal():
        with socket.create_connection((host, int(port)), CONNECT_SECONDS):
            pass


def _import_ray() -> Any:
    # Ray must not count the usage of someone who reproduces a paper.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise ImportError('--ray needs Ray: pip install "keras_gated[ray]"') from error
    return ray
