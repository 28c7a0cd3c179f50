# SPDX-License-Identifier: Apache-2.0
"""Who has a file open, from the kernel's tables: on Linux alone, and of processes one may read."""

from __future__ import annotations

from contextlib import suppress
import os
from pathlib import Path

_PROC = Path('/proc')


def writer_of(path: Path) -> str:
    """
    Find a process that has a file open for writing.

    Parameters
    ----------
    path
        Of the file.

    Returns
    -------
    str
        Its name and number; empty if there is none, or if it cannot be told.

    """
    status = path.stat()
    for folder in _PROC.glob('[0-9]*'):
        with suppress(OSError):  # it has ended, or is another user's
            if folder.name != str(os.getpid()) and _writes(folder, status):
                return f'{(folder / "comm").read_text().strip()}, process {folder.name}'
    return ''


def _writes(folder: Path, status: os.stat_result) -> bool:
    with os.scandir(folder / 'fd') as descriptors:
        for descriptor in descriptors:
            with suppress(OSError):
                if os.path.samestat(descriptor.stat(), status):
                    # Beginning with position and flags, which are octal.
                    flags = (folder / 'fdinfo' / descriptor.name).read_text().split()[3]
                    if int(flags, 8) & os.O_ACCMODE != os.O_RDONLY:
                        return True
    return False
