"""A library of other sources than those that are here is refused, and built anew."""

import os
import shutil

import keras
import pytest

import hatch_build
from keras_gated.layers import GRU
from keras_gated.recurrence.native import build_table, layout, library
from tests import needs
from tests.recurrence.native.expected import FLOAT32_LOOP

needs_loops = pytest.mark.skipif(
    FLOAT32_LOOP != "native", reason="there is no compiler"
)
HASH = build_table.sources_hash(layout.header())


def use(content, folder, monkeypatch):
    """Puts another library in the place of both."""
    for name in ("LOOPS", "LOOPS_FOR_XLA"):
        file = folder / getattr(library, name).name
        file.write_bytes(content(getattr(library, name)))
        monkeypatch.setattr(library, name, file)


@needs_loops
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda file: file.read_bytes().replace(HASH.encode(), b"0" * 64), "of other"),
        (lambda file: b"", "of other sources"),
        (lambda file: HASH.encode(), "cannot be loaded"),
    ],
    ids=["of other sources", "without a hash", "no library"],
)
def test_a_wrong_library_is_refused_with_the_way_to_build_it(
    content, reason, tmp_path, monkeypatch
):
    layer = GRU(3)
    use(content, tmp_path, monkeypatch)
    assert layer.recurrence.name == "hand-written"
    assert reason in layer.recurrence.reason
    assert f"--editable {hatch_build.ROOT}`" in layer.recurrence.reason
    assert tuple(layer(keras.ops.ones((2, 4, 3))).shape) == (2, 3)


@needs_loops
def test_an_equal_library_is_taken(tmp_path, monkeypatch):
    use(lambda file: file.read_bytes(), tmp_path, monkeypatch)
    assert library.missing(library.LOOPS) is None
    assert library.missing(library.LOOPS_FOR_XLA) is None


@needs_loops
def test_without_its_sources_it_is_not_taken(tmp_path, monkeypatch):
    use(lambda file: file.read_bytes(), tmp_path, monkeypatch)
    monkeypatch.setattr(build_table, "SOURCES", tmp_path / "none")
    assert "without their sources" in GRU(3).recurrence.reason


CHANGES = {
    "a source": lambda folder: (folder / "threads.cc").write_text("// other"),
    "a header": lambda folder: (folder / "steps.h").write_text("// other"),
    "a name": lambda folder: (folder / "steps.h").rename(folder / "other.h"),
    "one more": lambda folder: (folder / "z.h").touch(),
}


@pytest.mark.once
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_hash_follows_the_sources(change, tmp_path, monkeypatch):
    folder = shutil.copytree(build_table.SOURCES, tmp_path / "src")
    monkeypatch.setattr(build_table, "SOURCES", folder)
    assert build_table.sources_hash(layout.header()) == HASH
    change(folder)
    assert build_table.sources_hash(layout.header()) != HASH


@pytest.mark.once
@pytest.mark.parametrize("name", ["COMMON_FLAGS", "KERNEL_FLAGS"])
def test_hash_follows_the_flags(name, monkeypatch):
    monkeypatch.setattr(build_table, name, (*getattr(build_table, name), "-O1"))
    assert build_table.sources_hash(layout.header()) != HASH


@pytest.mark.once
@pytest.mark.parametrize(
    "name", ["UNITS", "AXES", "TYPES", "LOOP", "BACKWARD_READS", "BACKWARD_WRITES"]
)
def test_hash_follows_the_layout(name, monkeypatch):
    table = getattr(layout, name)
    monkeypatch.setattr(layout, name, dict(reversed(table.items())))
    assert build_table.sources_hash(layout.header()) != HASH


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A copy of what is built, and what was built of it."""
    native = library.FOLDER
    # Other processes write compiled modules under names of a moment.
    left = shutil.ignore_patterns("__pycache__")
    shutil.copytree(native, tmp_path / hatch_build.NATIVE, ignore=left)
    monkeypatch.setattr(hatch_build, "ROOT", tmp_path)
    monkeypatch.setattr(hatch_build, "OBJECTS", tmp_path / "build")
    return tmp_path / hatch_build.NATIVE


@pytest.mark.once
@needs_loops
def test_a_checkout_is_built_when_a_source_changed(checkout):
    assert hatch_build.is_current()
    with (checkout / "src" / "threads.cc").open("a") as source:
        source.write("// other")
    assert not hatch_build.is_current()


@pytest.mark.once
@needs_loops
@pytest.mark.parametrize("name", hatch_build.LIBRARIES)
def test_a_checkout_is_built_where_a_library_is_missing(name, checkout):
    (checkout / name).unlink()
    assert not hatch_build.is_current()


@pytest.fixture
def counted(tmp_path, monkeypatch):
    """A compiler that counts its calls in a file, and that file."""
    command, calls = tmp_path / "compiler", tmp_path / "calls"
    real = " ".join(hatch_build.compiler())
    command.write_text(f'#!/bin/sh\necho "$@" >> {calls}\nexec {real} "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("CXX", str(command))
    return calls


@pytest.mark.once
@needs_loops
@pytest.mark.parametrize("is_checkout", [True, False])
def test_objects_of_a_checkout_are_made_once(
    is_checkout, checkout, counted, monkeypatch
):
    if is_checkout:
        (hatch_build.ROOT / ".git").touch()
    one = build_table.Compilation("threads.cc", (), "threads")
    monkeypatch.setattr(hatch_build, "native_file", lambda name: globals()[name])
    monkeypatch.setattr(build_table, "compilations", lambda *_: (one,))
    for _ in range(2):
        with hatch_build.objects(None) as (loops, calls):
            assert [path.name for path in loops] == ["threads.o"]
            assert calls == []
    assert counted.read_text().count(" -c ") == (1 if is_checkout else 2)


@pytest.mark.once
@needs_loops
def test_objects_of_old_sources_are_thrown_away(checkout):
    (hatch_build.ROOT / ".git").touch()
    for number in range(6):
        with hatch_build.place_for_objects(str(number)) as place:
            os.utime(place, (number, number))
    kept = [path for path in hatch_build.OBJECTS.iterdir() if path.is_dir()]
    assert place in kept
    assert len(kept) == 1 + hatch_build.OLD_OBJECTS


@pytest.mark.once
@pytest.mark.parametrize(("minor", "serves"), [(0, False), (99, True)])
def test_headers_newer_than_the_installed_jaxlib_do_not_serve(
    minor, serves, tmp_path, monkeypatch
):
    needs.package("jaxlib")
    folder = tmp_path / "jaxlib" / "include" / hatch_build.API
    folder.mkdir(parents=True)
    (folder / "ffi.h").touch()
    (folder / "c_api.h").write_text(
        f"#define XLA_FFI_API_MAJOR 0\n#define XLA_FFI_API_MINOR {minor}\n"
    )
    monkeypatch.setattr(hatch_build.sysconfig, "get_path", lambda _: tmp_path)
    include, reason = hatch_build.xla_headers()
    assert (include is not None) is serves
    assert (reason is None) is serves
    assert serves or f"older than {hatch_build.JAXLIB}" in reason
