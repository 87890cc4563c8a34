"""The command that builds the C++ libraries for this installation."""

import json
import shlex
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
"""The folder around the package, which is a checkout if `hatch_build.py` is in it."""


def how_to_build() -> str:
    """A sentence for messages.

    pip must not take the wheel that it made when there was no compiler, nor one from an
    index that has none for this machine.
    """
    if (CHECKOUT / "hatch_build.py").exists():
        arguments = ["--no-deps", "--editable", str(CHECKOUT)]
    else:
        arguments = ["--force-reinstall", "--no-deps", "--no-cache-dir"]
        arguments += ["--no-binary", "keras_gated", _origin()]
    command = shlex.join(["pip", "install", *arguments])
    return f"with a C++ compiler (g++ or clang++) `{command}` builds them"


def _origin() -> str:
    """What pip installed: the name, or where it had it from."""
    try:
        record = distribution("keras_gated").read_text("direct_url.json")
    except PackageNotFoundError:
        record = None
    origin = json.loads(record) if record else {}
    url = str(origin.get("url", ""))
    if "vcs_info" in origin:
        return f"{origin['vcs_info']['vcs']}+{url}@{origin['vcs_info']['commit_id']}"
    return "keras_gated" if url.endswith(".whl") else url or "keras_gated"
