from reproduce.report import FAILURES, write_failures
from reproduce.report.failures import failure_table
from reproduce.study import Failure

FIRST = Failure("a", "ValueError: x", "Traceback of a", "host 1")
SECOND = Failure("b", "it was killed", "", "host 2")


def test_tracebacks_are_kept_until_none_failed(tmp_path):
    write_failures([FIRST, SECOND], tmp_path)
    text = (tmp_path / FAILURES).read_text()
    assert text == "a, on host 1\nTraceback of a\n\nb, on host 2\nit was killed"
    write_failures([], tmp_path)
    assert not list(tmp_path.iterdir())
    write_failures([], tmp_path)


def test_errors_take_a_line_each():
    long = Failure("c", "`" + "x" * 300, "", "host")
    lines = failure_table([FIRST, long]).splitlines()
    assert lines[2] == "| a | `ValueError: x` |"
    assert lines[3] == f"| c | `'{'x' * 199}…` |"
    assert failure_table([]) == ""
