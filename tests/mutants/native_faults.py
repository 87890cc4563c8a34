"""The faults that can be planted in a C++ file, found in its tokens.

The sources are set by clang-format: operators of two operands stand between spaces,
brackets of templates and signs of pointers do not.
"""

import re
import subprocess
import sys
from pathlib import Path

from tests.mutants.fault import of_span

OPERATORS = (
    ("sign", r" (\+) ", "-"),
    ("sign", r" (-) ", "+"),
    ("sign", r" (\*) ", "+"),
    ("sign", r" (/) ", "*"),
    ("sign", r" (\+=) ", "-="),
    ("sign", r" (\*=) ", "="),
    ("state", r" (\+=) ", "="),
    ("comparison", r" (<) ", "<="),
    ("comparison", r" (<=) ", "<"),
    ("comparison", r" (>) ", ">="),
    ("comparison", r" (>=) ", ">"),
    ("comparison", r" (==) ", "!="),
    ("comparison", r" (!=) ", "=="),
    ("logic", r" (&&) ", "||"),
    ("logic", r" (\|\|) ", "&&"),
    ("sign", r"[(=,] ?(-)\w", ""),
    ("condition", r"(!)\w", ""),
)
NUMBER = re.compile(r"(?<![\w.])(\d+)(?![\w.])|(?<![\w.])(\d+\.\d*f)\b")
SWAP = re.compile(r"\((\w+), (\w+)\)|(?<=, )(\w+), (\w+)(?=[,)])")
CONDITION = re.compile(r"\bif (?:constexpr )?\((.+?)\) (?:return|\{|\w)")
STATEMENT = re.compile(
    r"^ +(?!return\b|using\b|const\b)\w[\w.\->\[\]]*(?:\(| [-+*]?= ).*;$"
)
LEFT_OUT = re.compile(
    r"^\s*(#|//|template|static_assert|namespace|using|\})|\btypename\b"
)
FUNCTION = re.compile(r"^(?:  )?(?!return|else|using)[\w:<>*& ]*?\b(\w+)\(.*[,{]$")


def faults(file, text):
    """All faults of a file; the compiler may refuse some.

    Args:
        file: The file, from the root of the tree.
        text: What stands in it.
    """
    found = {}
    function, start = "", 0
    for line in text.splitlines(keepends=True):
        function = _function(line, function)
        code = line.split("//")[0].rstrip()
        if code and not LEFT_OUT.search(code) and '"' not in code:
            for kind, first, last, new in _changes(code):
                span = start + first, start + last
                fault = of_span(file, text, *span, new, kind, function)
                found.setdefault(fault.name, fault)
        start += len(line)
    return list(found.values())


def _function(line, before):
    match = FUNCTION.match(line)
    return match.group(1) if match else before


def _changes(code):
    """The kinds of faults of a line, each with the span that changes and its text."""
    for kind, pattern, new in OPERATORS:
        for match in re.finditer(pattern, code):
            yield kind, *match.span(1), new
    for match in NUMBER.finditer(code):
        whole, decimal = match.groups()
        if whole is not None:
            yield "number", *match.span(), str(int(whole) + 1)
            if int(whole):
                yield "number", *match.span(), str(int(whole) - 1)
        else:
            value = 2 * float(decimal[:-1]) or 1.0
            yield "number", *match.span(), f"{value}f"
    for match in SWAP.finditer(code):
        first, second = (1, 2) if match.group(1) else (3, 4)
        between = code[match.end(first) : match.start(second)]
        new = match.group(second) + between + match.group(first)
        yield "swap", match.start(first), match.end(second), new
    for match in CONDITION.finditer(code):
        if match.group(1).count("(") == match.group(1).count(")"):
            yield "condition", *match.span(1), f"!({match.group(1)})"
    if STATEMENT.match(code) and code.count("(") == code.count(")"):
        first = len(code) - len(code.lstrip())
        yield "statement", first, len(code), ";"


def compiles(root):
    """Whether the front end of the compiler takes the sources of a tree."""
    native = root / "keras_gated" / "recurrence" / "native"
    sys.path.insert(0, str(native))
    try:
        import build_table
    finally:
        sys.path.pop(0)
    first = {entry.source: entry for entry in build_table.compilations()}
    for entry in first.values():
        source = native / "src" / entry.source
        flags = (*build_table.COMMON_FLAGS, *entry.flags, "-fsyntax-only")
        if subprocess.run(["c++", *flags, source], capture_output=True).returncode:
            return False
    return True


def is_native(file):
    return Path(file).suffix in (".cc", ".h")
