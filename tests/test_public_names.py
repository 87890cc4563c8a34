"""Whoever opens a folder sees what is public: nothing else lacks an underscore."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

import keras_gated

ROOT = Path(__file__).resolve().parents[1]
NAME = "keras_gated"
PACKAGE = ROOT / NAME
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

pytestmark = pytest.mark.once

# The build knows this folder by its name; a contract of import-linter guards it.
NATIVE = PACKAGE / "recurrence/native"


def public_modules(module):
    yield module
    for name in getattr(module, "__all__", ()):
        part = getattr(module, name)
        if inspect.ismodule(part):
            yield from public_modules(part)


PARTS = list(public_modules(keras_gated))
PACKAGES = [part for part in PARTS if hasattr(part, "__path__")]


def sources(package):
    """The modules that a package takes its public names from."""
    for node in ast.parse(inspect.getsource(package)).body:
        if isinstance(node, ast.ImportFrom) and node.module == package.__name__:
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module.startswith(NAME):
            yield node.module.removeprefix(f"{package.__name__}.")


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.__name__)
def test_what_is_not_public_starts_with_an_underscore(package):
    (folder,) = map(Path, package.__path__)
    modules = {path for path in folder.glob("*.py") if path.stem != "__init__"}
    modules |= {path.parent for path in folder.glob("*/__init__.py")}
    named = {path.stem for path in modules - {NATIVE} if not path.name.startswith("_")}
    assert named == set(sources(package))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_documentation_imports_public_names(page):
    for block in BLOCK.findall(page.read_text("utf-8")):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and node.module.startswith(NAME):
                module = importlib.import_module(node.module)
                names = {alias.name for alias in node.names}
                assert module in PARTS
                assert names <= set(getattr(module, "__all__", vars(module)))
                assert not any(name.startswith("_") for name in names)
            elif isinstance(node, ast.Import):
                parts = {alias.name.partition(".") for alias in node.names}
                assert (NAME, ".") not in {part[:2] for part in parts}
