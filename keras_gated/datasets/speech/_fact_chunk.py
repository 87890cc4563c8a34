"""How many samples a compressed WAV file has, by its own account."""

import struct
from pathlib import Path

_BLOCK_CODECS = {
    0x02: "MS ADPCM",
    0x11: "IMA ADPCM",
    0x31: "GSM 6.10",
    0x38: "NMS ADPCM",
    0x40: "G.721 ADPCM",
}
"""The formats that keep samples in blocks, the last of which is filled up."""

_UNKNOWN = (0, 0xFFFFFFFF)
"""What writers put there who did not know yet."""


def recorded_frames(path: Path) -> int | None:
    """The number of samples of a channel that the file says it holds.

    Returns:
        The number in its `fact` chunk; `None` if it has none, or if its samples are
        not kept in blocks, so that what a reader returns is all there is.
    """
    with path.open("rb") as file:
        file.seek(12)
        codec = None
        while len(header := file.read(8)) == 8:
            name, size = struct.unpack("<4sI", header)
            start = file.tell()
            if name == b"fmt " and size >= 2:
                (codec,) = struct.unpack("<H", file.read(2))
            elif name == b"fact" and size >= 4:
                (frames,) = struct.unpack("<I", file.read(4))
                known = codec in _BLOCK_CODECS and frames not in _UNKNOWN
                return frames if known else None
            file.seek(start + size + size % 2)
    return None
