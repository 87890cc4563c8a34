"""What a zip archive may hold before anything of it is unpacked."""

import zipfile
from collections.abc import Iterable

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def check_members(members: Iterable[zipfile.ZipInfo], max_bytes: int) -> None:
    """Makes sure that members unpack to `max_bytes` or less, by the usual methods.

    The others, bzip2 and LZMA, are read with buffers as large as the archive says.

    Raises:
        ValueError: Where they do not.
    """
    members = list(members)
    unpacked = sum(member.file_size for member in members)
    if unpacked > max_bytes:
        raise ValueError(f"unpacks to {unpacked} bytes, at most {max_bytes}")
    for member in members:
        if member.compress_type not in _METHODS:
            raise ValueError(
                f"{member.filename} is packed by method {member.compress_type}, not "
                "stored or deflated"
            )
