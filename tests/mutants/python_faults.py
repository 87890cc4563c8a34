"""The faults that can be planted in a Python file, found in its syntax tree."""

import ast

from tests.mutants.fault import of_span
from tests.mutants.python_changes import NO_FAULT, changes, deleted

MESSAGES = {"warn", "ArgumentParser", "TypeVar", "cast", "getLogger", "warning"}
"""Calls whose arguments are messages or types."""

TYPES = {"dict", "list", "tuple", "type"}


def faults(file, text):
    """All faults of a file, each of which changes what the parser sees.

    Args:
        file: The file, from the root of the tree.
        text: What stands in it.
    """
    tree = ast.parse(text)
    finder = Finder()
    finder.walk_all(tree.body)
    places = Places(text)
    original = ast.dump(tree)
    found = {}
    for node, kind, function, new in finder.found:
        start, end = places.span(node)
        fault = of_span(file, text, start, end, new, kind, function)
        try:
            changed = ast.dump(ast.parse(fault.planted(text)))
        except SyntaxError:
            continue
        if changed != original:
            found.setdefault(fault.name, fault)
    return list(found.values())


class Places:
    """Turns the positions of nodes, which count bytes of a line, into characters."""

    def __init__(self, text):
        self.lines = text.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def span(self, node):
        return (
            self._at(node.lineno, node.col_offset),
            self._at(node.end_lineno, node.end_col_offset),
        )

    def _at(self, line, column):
        before = self.lines[line - 1].encode()[:column].decode()
        return self.starts[line - 1] + len(before)


class Finder:
    """Walks a tree with what lies around each node; leaves out what has no effect."""

    def __init__(self):
        self.found = []
        self.function = ""
        self.bound = set()
        self.in_loop = False

    def walk_all(self, nodes):
        for node in nodes:
            self.walk(node)

    def walk(self, node, default=False):
        if self._without_effect(node):
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            self._walk_function(node)
            return
        if isinstance(node, ast.ClassDef):
            self._inside(node, lambda: self.walk_all(node.body))
            return
        if isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self.walk(node.value, default=True)
            return
        if isinstance(node, ast.stmt):
            self._statement(node)
        for kind, new in changes(node, default):
            self.found.append((node, kind, self.function, new))
        for test in tested(node):
            source = f"not ({ast.unparse(test)})"
            self.found.append((test, "condition", self.function, source))
        if isinstance(node, ast.JoinedStr):
            return
        was_in_loop, self.in_loop = (
            self.in_loop,
            self.in_loop or isinstance(node, ast.For | ast.While),
        )
        for child in ast.iter_child_nodes(node):
            named = isinstance(node, ast.keyword) and node.arg == "default"
            module = not self.function and isinstance(node, ast.Assign)
            self.walk(child, default=named or module)
        self.in_loop = was_in_loop
        if isinstance(node, ast.Assign | ast.AugAssign):
            self.bound |= names(node, ast.Store)

    def _walk_function(self, node):
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self._inside(node, lambda value=default: self.walk(value, default=True))
        body = node.body if isinstance(node.body, list) else [node.body]
        self._inside(node, lambda: self.walk_all(body), arguments(node.args))

    def _inside(self, node, visit, bound=()):
        before = self.function, self.bound, self.in_loop
        name = getattr(node, "name", "")
        self.function = ".".join(part for part in (self.function, name) if part)
        self.bound, self.in_loop = {*bound}, False
        visit()
        self.function, self.bound, self.in_loop = before

    def _statement(self, node):
        kind = deleted(node, self.bound if self.in_loop else set())
        if kind is not None and self.function:
            self.found.append((node, kind, self.function, "pass"))

    @staticmethod
    def _without_effect(node):
        if isinstance(node, ast.Raise | ast.Assert | ast.Import | ast.ImportFrom):
            return True
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return True
        if isinstance(node, ast.Assign):
            return names(node, ast.Store) & {"__all__"}
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            return True
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            name = node.value.id
            return name in TYPES or (name[:1].isupper() and not name.isupper())
        if isinstance(node, ast.keyword):
            return node.arg in NO_FAULT
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            return called in MESSAGES
        return False


def tested(node):
    """The conditions that decide what a node does."""
    if isinstance(node, ast.If | ast.While):
        return [node.test]
    return node.ifs if isinstance(node, ast.comprehension) else []


def names(node, context):
    """The names that a node stores or loads."""
    return {
        inner.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, context)
    }


def arguments(args):
    every = (*args.posonlyargs, *args.args, *args.kwonlyargs)
    return {argument.arg for argument in every}
