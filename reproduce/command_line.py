"""The command line: a command for each study, and those that a study adds."""

import sys
from collections.abc import Callable, Sequence
from functools import partial

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console
from rich.table import Table

from reproduce import studies
from reproduce.command import run_command, shown_default
from reproduce.options import Options

BAD_USAGE = 2
LIST = "--list"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: What to parse instead of the arguments of the process. The study that
            is run by default need not be named.

    Returns:
        The exit status: 0 if all went well, 1 if a trial failed or the input was bad, 2
        if there is no such command or option, 130 after Ctrl-C.
    """
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return int(_app()(_with_study(tokens), exit_on_error=False) or 0)
    except CycloptsError:
        # It has said what is wrong, but not that a study was meant.
        named = next((name for name in tokens if name in studies.names()), None)
        if named and named != tokens[0]:
            print(f"The study comes first: run.py {named} ...", file=sys.stderr)
        return BAD_USAGE
    except studies.UnknownStudyError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_USAGE


def _with_study(tokens: list[str]) -> list[str]:
    """The arguments, behind the name of a study."""
    first = tokens[0] if tokens else ""
    if first in (*studies.names(), LIST, "--help", "-h"):
        return tokens
    default = studies.default()
    if first and first[0] != "-" and first not in studies.options_of(default).commands:
        raise studies.UnknownStudyError(first)
    return [default, *tokens]


def _app() -> App:
    default = studies.default()
    app = App(
        name="run.py",
        help="Runs a study, from its data to its report. Without the name of one that "
        f"is {default}, whose options `run.py {default} --help` shows.",
        default_parameter=Parameter(
            negative=(),
            consume_multiple=1,
            allow_repeating=True,
            show_default=shown_default,
        ),
        version_flags=(),
        result_action="return_value",
        error_console=Console(stderr=True),
    )
    app.command(_list_studies, name=LIST)
    for name in studies.names():
        app.command(_study_app(name, studies.options_of(name)))
    return app


def _study_app(name: str, options: type[Options]) -> App:
    app = App(name=name, help=options.__doc__, version_flags=())
    app.default(_trainer(name, options))
    for command, function in options.commands.items():
        app.command(function, name=command)
    return app


def _trainer(name: str, kind: type[Options]) -> Callable[..., int]:
    """The function that runs a study, with its own options."""

    def run(options: Options = kind()) -> int:  # noqa: B008
        return run_command(partial(_run_study, name), options)

    run.__annotations__["options"] = kind
    return run


def _run_study(name: str, options: Options) -> int:
    # Keras reads its backend once, when this imports it.
    from reproduce.running import run_study

    return run_study(name, options)


def _list_studies() -> None:
    """Show the studies."""
    table = Table(box=None, show_header=False)
    for name in studies.names():
        about = (studies.options_of(name).__doc__ or "").strip().splitlines()[0]
        table.add_row(name, about)
    Console().print(table)
