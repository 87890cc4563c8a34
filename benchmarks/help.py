"""How the benchmarks explain their options."""

import argparse


class Help(argparse.HelpFormatter):
    """Help with the default of each option, where a value is one.

    What happens without an option whose default is none of its values is for its
    help to say.
    """

    def _get_help_string(self, action: argparse.Action) -> str:
        text, default = action.help or "", action.default
        if default is None or default is False or default == argparse.SUPPRESS:
            return text
        if isinstance(default, list | tuple):
            default = " ".join(map(str, default))
        shown = str(default).replace("%", "%%")
        return f"{text} (default: {shown})"
