"""Which tests reach a line, from what coverage recorded with `contexts.py`."""

import ast
from functools import cache
from pathlib import Path

import coverage

from tests.mutants.native_faults import is_native

CACHED = {"cache", "lru_cache", "cached_property"}


class Reach:
    """The tests of each line of the files below a tree.

    Args:
        data: The file of coverage, combined.
        root: The tree that was measured.
    """

    def __init__(self, data, root):
        self.root = Path(root)
        self._data = coverage.CoverageData(str(data))
        self._data.read()

    @cache  # noqa: B019  One object lives as long as the program.
    def _of_file(self, file):
        lines = self._data.contexts_by_lineno(str(self.root / file))
        return {line: {test for test in tests if test} for line, tests in lines.items()}

    def tests(self, fault):
        """The tests that run the lines of a fault, or else its function or its file.

        What runs once for all, while a module is imported or for a cache, is reached by
        whoever runs a line of the function, or of the file.
        """
        if is_native(fault.file):
            return set()
        lines = self._of_file(fault.file)
        last = fault.line + fault.before.count("\n") - 1
        body, end, cached = self._function(fault)
        own = self._union(lines, fault.line, last)
        if fault.line < body or not own:
            own |= self._union(lines, body, end)
        if cached or not own or not fault.function:
            own |= self._union(lines, 1, 10**9)
        return own

    def tests_of_file(self, file):
        """The tests that run any line of a file.

        Whoever imports it first runs what the import runs, for all others.
        """
        return set() if is_native(file) else self._union(self._of_file(file), 1, 10**9)

    def _function(self, fault):
        """Where the body of the innermost function begins and ends; whether cached."""
        text = (self.root / fault.file).read_text(encoding="utf-8")
        functions = [
            node
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and node.lineno <= fault.line <= node.end_lineno
        ]
        if not functions:
            return fault.line, fault.line, False
        node = max(functions, key=lambda node: node.lineno)
        marked = {word for item in node.decorator_list for word in _names(item)}
        return node.body[0].lineno, node.end_lineno, bool(CACHED & marked)

    @staticmethod
    def _union(lines, first, last):
        found = (tests for line, tests in lines.items() if first <= line <= last)
        return set().union(*found)


def _names(node):
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        if isinstance(inner, ast.Attribute):
            yield inner.attr


def mirrored(file):
    """What the names of the test files begin with that mirror a file."""
    if is_native(file):
        return ("tests/recurrence/native/",)
    *folders, name = file.removeprefix("keras_gated/").split("/")
    if folders[:1] == ["testing"]:
        return ("tests/conformance/",)
    if folders in ([], ["reproduce"]):
        # Here lie files of all kinds.
        stem = name.removesuffix(".py")
        return ("/".join(["tests", *folders, f"test_{stem}"]),)
    *parents, last = folders
    return "/".join(["tests", *folders, ""]), "/".join(
        ["tests", *parents, f"test_{last}"]
    )
