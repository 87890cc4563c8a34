"""Tunes as scores on staves."""

import os
from pathlib import Path

from keras_gated._extras import needing
from keras_gated._files import replacing

LARGEST = 2**24
"""Characters."""

_OPTIONS = {
    "adjustPageHeight": True,
    "breaks": "auto",
    "footer": "none",
    "pageHeight": 60_000,
    "pageWidth": 2100,
    "scale": 40,
    "svgViewBox": True,
}
_SEED = 1
"""Of the names of what is in a picture: the same tune gives the same file."""


def write_score(path: str | os.PathLike[str], musicxml: str) -> None:
    """Draws a score on staves, as an SVG file that browsers and programs show.

    Args:
        path: The file; its folder is made if it is not there.
        musicxml: A score in MusicXML: the `musicxml()` of a
            `keras_gated.datasets.tunes.Tune`.

    Raises:
        ValueError: If it cannot be drawn.
        ImportError: If verovio is missing.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from keras_gated.datasets import tunes
        >>> from keras_gated.generation import write_score
        >>> tune = tunes.Tune("M:3/4 K:Gmaj G 2 B 2 d 2 |]".split(), title="Scrap")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_score(Path(folder) / "tune.svg", tune.musicxml())
        ...     (Path(folder) / "tune.svg").read_text("utf-8")[:4]
        '<svg'
    """
    if "<score-partwise" not in musicxml[:1000] or len(musicxml) > LARGEST:
        raise ValueError(
            "write_score needs MusicXML, which begins with <score-partwise and has up "
            f"to {LARGEST} characters. Received {len(musicxml)} that begin with "
            f"{musicxml[:20]!r}."
        )
    with needing("write_score needs verovio. Install it with", "generate"):
        import verovio
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions(_OPTIONS)
    toolkit.resetXmlIdSeed(_SEED)
    if not toolkit.loadData(musicxml) or toolkit.getPageCount() != 1:
        raise ValueError(
            f"write_score cannot draw this score of {len(musicxml)} characters: "
            f"verovio makes {toolkit.getPageCount()} pages of it."
        )
    with replacing(Path(path)) as file:
        file.write(toolkit.renderToSVG(1).encode())
