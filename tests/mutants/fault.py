"""A small fault: some lines of a file, and what stands there instead."""

import difflib
import hashlib
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Fault:
    """A change of whole lines, found again by its text if others were added above.

    Args:
        file: The file, from the root of the tree.
        line: The number of the first line that changes.
        kind: What kind of fault it is, such as `sign`.
        function: The function or class around it; empty on the level of the module.
        before: The lines as they are.
        after: The lines with the fault.
    """

    file: str
    line: int
    kind: str
    function: str
    before: str
    after: str

    @property
    def name(self):
        """The same for the same change of the same function."""
        text = "\0".join((self.file, self.function, self.before, self.after))
        return hashlib.sha256(text.encode()).hexdigest()[:10]

    @property
    def area(self):
        """The folder that the fault counts for; native sources are one of their own."""
        return area(self.file)

    @property
    def diff(self):
        before, after = self.before.splitlines(), self.after.splitlines()
        lines = difflib.unified_diff(before, after, n=0, lineterm="")
        return "\n".join(
            line for line in lines if line[:3] not in ("---", "+++", "@@ ")
        )

    def planted(self, text):
        """The text of the file with the fault.

        Raises:
            ValueError: If the lines are not in the text any more.
        """
        lines = text.splitlines(keepends=True)
        old = self.before.splitlines(keepends=True)
        places = [i for i in range(len(lines)) if lines[i : i + len(old)] == old]
        if not places:
            raise ValueError(
                f"{self.file} has no longer the lines of fault {self.name}, once in "
                f"line {self.line}: {self.before!r}"
            )
        at = min(places, key=lambda place: abs(place + 1 - self.line))
        return "".join((*lines[:at], self.after, *lines[at + len(old) :]))

    def record(self):
        return {"name": self.name, **asdict(self)}


def of_span(file, text, start, end, new, kind, function):
    """The fault that puts `new` over the characters from `start` to `end`."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end) + 1 or len(text)
    return Fault(
        file,
        text.count("\n", 0, first) + 1,
        kind,
        function,
        text[first:last],
        text[first:start] + new + text[end:last],
    )


def area(file):
    """The area of `keras_gated/layers/gru.py` is `keras_gated/layers`."""
    folders = file.split("/")[:-1]
    if "src" in folders:
        return "native/src"
    return "/".join(folders[:2])
