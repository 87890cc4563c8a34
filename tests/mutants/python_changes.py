"""What can be changed in one node of a Python syntax tree."""

import ast
import copy
import re

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
NOT_COMMUTATIVE = (ast.Sub, ast.Div, ast.MatMult, ast.Pow)
AXES = {"axis", "dim", "axes"}
NO_FAULT = {"help", "metavar", "description", "epilog", "stacklevel", "strict"}
"""Keyword arguments that only say something, or check what holds."""


def changes(node, default):
    """The kinds of faults of a node, each with the new source.

    Args:
        node: Any node.
        default: Whether it stands for what nobody gave: the default of an argument, a
            field, an option or a constant of the module.
    """
    for kind, new in _changes(node, default):
        yield kind, new if isinstance(new, str) else _source(node, new)


def _changes(node, default):
    match node:
        case ast.BinOp() if not _is_text(node):
            yield from _operations(node)
        case ast.UnaryOp(op=ast.USub()):
            yield "sign", node.operand
        case ast.UnaryOp(op=ast.Not()):
            yield "condition", node.operand
        case ast.Compare(ops=[op]):
            yield "comparison", _with(node, ops=[COMPARISONS[type(op)]()])
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield "logic", _with(node, op=other)
        case ast.Constant():
            yield from _constants(node.value, default)
        case ast.JoinedStr():
            yield from _formats(node)
        case ast.Call():
            yield from _calls(node)
        case ast.keyword(arg=arg, value=value) if arg in AXES:
            for axis in _other_axes(value):
                yield "axis", f"{arg}={axis}"
        case ast.Tuple() | ast.List():
            for elements in _swaps(node.elts):
                yield "swap", _with(node, elts=elements)
        case ast.IfExp():
            yield "condition", _with(node, body=node.orelse, orelse=node.body)


def _operations(node):
    other = OPERATORS.get(type(node.op))
    if other is not None:
        yield "sign", _with(node, op=other())
    if isinstance(node.op, NOT_COMMUTATIVE):
        yield "swap", _with(node, left=node.right, right=node.left)


def _constants(value, default):
    kind = "default" if default else "number"
    if isinstance(value, bool):
        yield "default" if default else "flag", repr(not value)
    elif isinstance(value, int):
        yield kind, repr(value + 1)
        if value > 0:
            yield kind, repr(value - 1)
    elif isinstance(value, float):
        yield kind, repr(2 * value or 1.0)
    elif isinstance(value, str) and default and value:
        yield kind, repr(value + "x")


def _formats(node):
    """Another number of decimals, or no sign."""
    source = ast.unparse(node)
    for found in re.finditer(r":([+,]?)\.(\d)f\}", source):
        start, end = found.span()
        sign, digits = found.groups()
        new = f":{sign}.{int(digits) - 1}f}}" if int(digits) else f":{sign}.1f}}"
        yield "format", source[:start] + new + source[end:]
        if sign:
            yield "format", source[:start] + f":.{digits}f}}" + source[end:]


def _calls(node):
    for i, keyword in enumerate(node.keywords):
        if keyword.arg is not None and keyword.arg not in NO_FAULT:
            kept = [*node.keywords[:i], *node.keywords[i + 1 :]]
            yield "keyword", _with(node, keywords=kept)
    if not any(isinstance(argument, ast.Starred) for argument in node.args):
        for arguments in _swaps(node.args):
            yield "swap", _with(node, args=arguments)


def _swaps(elements):
    """The elements with each pair of neighbours exchanged."""
    for i in range(len(elements) - 1):
        yield [*elements[:i], elements[i + 1], elements[i], *elements[i + 2 :]]


def _other_axes(value):
    try:
        axis = ast.literal_eval(value)
    except ValueError:
        return
    if isinstance(axis, int):
        yield -1 if axis == 0 else 0
    if isinstance(axis, tuple) and len(axis) > 1:
        yield axis[:-1]


def deleted(node, carried):
    """The kind of fault that a statement's absence is; None if it is none.

    Args:
        node: A statement.
        carried: Within a loop, the names that have a value without the statement.
    """
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=attr))):
            return "state" if attr.startswith("assign") else "statement"
        case ast.Expr(value=ast.Call()) | ast.AugAssign():
            return "statement"
        case ast.Assign(targets=[ast.Name(id=name)]) if name in carried:
            return "state"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return "statement"
    return None


def _is_text(node):
    """Whether texts are joined or formatted, not numbers computed."""
    return any(
        isinstance(inner, ast.JoinedStr)
        or (isinstance(inner, ast.Constant) and isinstance(inner.value, str | bytes))
        for inner in (node.left, node.right)
    )


def _with(node, **fields):
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _source(node, new):
    source = ast.unparse(new)
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp | ast.UnaryOp):
        return f"({source})"
    return source
