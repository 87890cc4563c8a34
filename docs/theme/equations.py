"""A hook of mkdocs: equations become MathML, which browsers show without a script."""

import html
import re
from typing import Any

from latex2mathml.converter import convert

# What pymdownx.arithmatex makes of $...$ and $$...$$.
EQUATION = re.compile(
    r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL
)


def on_page_content(content: str, **_: Any) -> str:
    """Replaces the equations of a page."""
    return EQUATION.sub(_to_mathml, content)


def _to_mathml(equation: re.Match[str]) -> str:
    tag, latex = equation.groups()
    display = "block" if tag == "div" else "inline"
    # The converter knows the environment that aligns by its other name.
    latex = html.unescape(latex).replace("{aligned}", "{split}")
    return f"<{tag}>{convert(latex, display=display)}</{tag}>"
