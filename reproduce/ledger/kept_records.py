"""The records of a ledger as a file that can be kept beside the results.

Lines of JSON, compressed: a record each, and before them what simple models reach. A
ledger that is new takes them up, so that a sweep goes on from the results of another
machine, and their report can be made again.
"""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from keras_gated._files import replacing
from reproduce.ledger.ledger import Ledger
from reproduce.record import Record

FILE = "records.jsonl.gz"

MOST_BYTES = 1 << 30
"""Of the text; what claims more is none of ours."""

BASELINE = "baseline"


def keep_records(ledger: Ledger, out: Path) -> None:
    """Writes the records of all backends; without any, nothing.

    Args:
        ledger: Where they are.
        out: The output folder.
    """
    records = ledger.records_of()
    if not records:
        return
    lines: list[Mapping[str, Any]] = [{BASELINE: b} for b in ledger.baselines()]
    lines += [r.stored() for r in sorted(records, key=lambda record: record.name)]
    text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
    with replacing(out / FILE) as file:
        # Without the time: the same records make the same file.
        file.write(gzip.compress(text.encode(), mtime=0))


def take_records(ledger: Ledger, out: Path) -> int:
    """Has a ledger take up the records of a folder that it does not have.

    Args:
        ledger: The ledger.
        out: The output folder.

    Returns:
        How many there were.

    Raises:
        ValueError: If the file is damaged, of another study, or holds a trial with
            other settings than the ledger.
    """
    path = out / FILE
    if not path.is_file():
        return 0
    records: list[Record] = []
    baselines: dict[str, list[Mapping[str, Any]]] = {}
    for line in _lines(path):
        if BASELINE in line:
            baselines.setdefault(line[BASELINE]["dataset"], []).append(line[BASELINE])
            continue
        record = Record.read(line, ledger.trial)
        if record.name != line.get("name"):
            raise _damaged(
                path, f"{line.get('name')} is no trial of {ledger.trial.study}"
            )
        records.append(record)
    known = {baseline["dataset"] for baseline in ledger.baselines()}
    for dataset, found in baselines.items():
        if dataset not in known:
            ledger.set_baselines(dataset, found)
    return ledger.add(records)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(path) as file:
            text = file.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            raise _damaged(path, f"it has more than {MOST_BYTES} bytes")
        found = [json.loads(line) for line in text.decode().splitlines()]
    except (EOFError, gzip.BadGzipFile, zlib.error, UnicodeError) as error:
        raise _damaged(path, str(error)) from error
    except json.JSONDecodeError as error:
        raise _damaged(path, str(error)) from error
    for line in found:
        if not isinstance(line, dict) or not _names_dataset(line):
            raise _damaged(path, "a line is no record")
        yield line


def _names_dataset(line: dict[str, Any]) -> bool:
    """Whether a line has a data set, if it is that of a baseline."""
    baseline = line.get(BASELINE, {"dataset": ""})
    return isinstance(baseline, dict) and isinstance(baseline.get("dataset"), str)


def _damaged(path: Path, why: str) -> ValueError:
    return ValueError(
        f"{path} cannot be taken up: {why}. Move it away, or name another output "
        "folder with --out."
    )
