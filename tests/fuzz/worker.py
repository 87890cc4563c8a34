"""Reads corrupted files in a process of its own, which may crash.

    python -m tests.fuzz.worker

takes lines of JSON, `{"reader": name, "folder": path, "first": 7, "count": 100,
"whole": true}`, and answers each with a line: how many files were read rightly, how
many refused, and what went wrong. A file that takes too long, or kills the process, is
the one whose number and name `current` in the folder holds.

Too long is a time of the processor, which no other process takes from it.
"""

import faulthandler
import json
import os
import resource
import signal
import sys
import traceback
import warnings
from pathlib import Path

SECONDS = 60
HANGING_SECONDS = 1800
"""For what waits and computes nothing."""

ADDRESS_SPACE = 2 << 30
RESIDENT = 400 << 20
"""Bytes by which reading a file of some kilobytes may let the process grow."""

FORBIDDEN = (
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.spawn",
    "os.system",
    "pickle.find_class",
    "shutil",
    "subprocess.Popen",
    "webbrowser.open",
)
"""What no reader does, as CPython audits it."""

seen: list[str] = []
armed = False


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if not armed:
        return
    writes = event == "open" and len(arguments) > 2 and _for_writing(arguments[2])
    if writes or event.startswith(FORBIDDEN):
        seen.append(f"{event}{arguments}")


def _for_writing(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def _limit_memory(more: int = resource.RLIM_INFINITY) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = more if more < 0 else pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))


def _resident() -> int:
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _read(reader, path: Path) -> str:
    """`"right"`, `"refused"`, or what went wrong."""
    global armed
    seen.clear()
    before = _resident()
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    faulthandler.dump_traceback_later(HANGING_SECONDS, exit=True)
    armed = True
    try:
        outcome = _outcome(reader, path)
    finally:
        armed = False
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_PROF, 0)
    if seen and not reader.writes:
        return f"it did {seen}"
    if _resident() - before > RESIDENT:
        return f"it took {(_resident() - before) >> 20} MiB"
    return outcome


def _outcome(reader, path: Path) -> str:
    try:
        reader.check(reader.read(path))
    except reader.refusals as error:
        if (str(path) if reader.names is None else reader.names) in str(error):
            return "refused"
        return _last_lines()
    except BaseException:  # noqa: BLE001  Whatever it was is reported.
        return _last_lines()
    return "right"


def _last_lines() -> str:
    return "".join(traceback.format_exc().splitlines(keepends=True)[-9:])


def _serve(request: dict, readers: dict) -> dict:
    reader = readers[request["reader"]]
    folder = Path(request["folder"])
    os.chdir(folder)
    current = folder / "current"
    current.write_text("none yet")
    _limit_memory()
    whole, hostile = reader.whole(), reader.hostile()
    path = folder / f"file{reader.suffix}"
    answer: dict = {"right": 0, "refused": 0, "failures": {}}

    def case(name: str, content: bytes) -> str:
        path.write_bytes(content)
        current.write_text(name)
        reader.prepare(path)
        outcome = _read(reader, path)
        if outcome in answer:
            answer[outcome] += 1
        else:
            answer["failures"][name] = outcome
        return outcome

    path.write_bytes(next(iter(whole.values())))
    reader.prepare(path)
    allowed = {entry.name for entry in folder.iterdir()}
    if request["whole"]:
        # Whatever is imported or compiled at the first call is not the files' doing.
        reader.check(reader.read(path))
    _limit_memory(ADDRESS_SPACE)
    if request["whole"]:
        for name, content in whole.items():
            if case(name, content) != "right":
                answer["failures"].setdefault(name, "the whole file was refused")
        for name, content in hostile.items():
            case(name, content)
    contents = list(whole.values())
    for number in range(request["first"], request["first"] + request["count"]):
        case(str(number), reader.corrupted(number, contents))
    left = {entry.name for entry in folder.iterdir()} - allowed
    if left:
        answer["failures"]["canary"] = f"files came to be: {sorted(left)}"
    return answer


def main() -> None:
    from tests.fuzz.readers import READERS

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    for category in (DeprecationWarning, RuntimeWarning):
        warnings.simplefilter("error", category)
    # Keras 3.15 hands NumPy its variables without the copy keyword of NumPy 2.
    warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
    faulthandler.enable()
    # It shows where, and then the signal ends the process.
    faulthandler.register(signal.SIGPROF, chain=True)
    sys.addaudithook(_audit)
    for line in sys.stdin:
        print(json.dumps(_serve(json.loads(line), READERS)), file=answers, flush=True)


if __name__ == "__main__":
    main()
