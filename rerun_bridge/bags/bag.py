# SPDX-License-Identifier: Apache-2.0
"""Bags as users name them: a folder, or one file of it."""

from __future__ import annotations

from contextlib import suppress
from hashlib import blake2b
import os
from pathlib import Path
import re
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TYPE_CHECKING

from rerun_bridge.bags import mcap_records, sqlite_file
from rerun_bridge.bags.compression import MAGICS, unpack_file
from rerun_bridge.bags.mcap_file import McapFile
from rerun_bridge.bags.metadata import FILE_NAME, Metadata, read_metadata
from rerun_bridge.bags.model import BagFile, Damage
from rerun_bridge.bags.sqlite_file import SqliteFile
from rerun_bridge.errors import DecodeError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SUFFIXES = ('.mcap', '.db3')
_PACKED_SUFFIXES = ('.zstd', '.zst', '.lz4')
_ROS_1_MAGIC = b'#ROSBAG V'
_HEAD_BYTES = 16
_IDENTITY_BYTES = 1 << 16


class FileHint(NamedTuple):
    """What the folder's metadata tell of a file."""

    start_nanos: int | None = None
    distribution: str = ''
    offered: dict[str, Any] | None = None


class Bag(NamedTuple):
    """
    One bag.

    Attributes
    ----------
    name
        Of its folder or file.
    files
        Its storage files, and what is known of each.
    num_messages
        By topic, as the metadata say; None if they do not.
    damages
        What is wrong with the bag as a whole.

    """

    name: str
    files: dict[Path, FileHint]
    num_messages: dict[str, int] | None
    damages: list[Damage]


def find_bag(path: Path) -> Bag:
    """
    Find the files of a bag.

    Parameters
    ----------
    path
        A rosbag2 folder, or a file with MCAP or SQLite storage.

    Returns
    -------
    Bag
        With one file at least.

    Raises
    ------
    UsageError
        If there is no bag.

    """
    if path.is_file():
        return Bag(_stem(path), {path: FileHint()}, None, [])
    if not path.is_dir():
        msg = f'there is no {path}; name the folder of a bag, or its .mcap or .db3 file'
        raise UsageError(msg)
    damages: list[Damage] = []
    try:
        metadata = read_metadata(path)
    except DecodeError as exc:
        metadata = None
        damages.append(Damage(path / FILE_NAME, str(exc), is_loss=False))
    found = {each for each in path.iterdir() if each.is_file() and _is_storage(each.name)}
    if metadata is not None:
        found = set(_named_files(path, metadata, damages))
    if not found:
        msg = f'there is no bag in {path}: it has no .mcap or .db3 file that could be read'
        raise UsageError(msg)
    metadata = metadata or Metadata(())
    files = {
        each: FileHint(
            metadata.start_nanos.get(each.name),
            metadata.distribution,
            dict(metadata.offered),
        )
        for each in sorted(found, key=_natural)
    }
    return Bag(path.resolve().name, files, dict(metadata.num_messages) or None, damages)


def open_file(path: Path, hint: FileHint, report: Callable[[Damage], None]) -> BagFile | None:
    """
    Open a storage file, whatever its kind.

    Parameters
    ----------
    path
        The file; it may be compressed.
    hint
        What is known of it.
    report
        Called with everything that is wrong.

    Returns
    -------
    BagFile or None
        None if nothing in it can be read.

    """
    try:
        with path.open('rb') as file:
            head = file.read(_HEAD_BYTES)
        codec = MAGICS.get(head[:4])
        if codec:
            return _open_packed(path, codec, hint, report)
        if head.startswith(mcap_records.MAGIC) or (path.suffix == '.mcap' and head):
            return McapFile(path, report, distribution=hint.distribution)
        if head.startswith(sqlite_file.MAGIC):
            return SqliteFile(path, report, distribution=hint.distribution, offered=hint.offered)
    except OSError as exc:
        report(Damage(path, f'cannot be read ({exc.strerror or exc})'))
        return None
    text = 'is neither MCAP nor SQLite' if head else 'is empty'
    if head.startswith(_ROS_1_MAGIC):
        text = 'is a bag of ROS 1; convert it with rosbags-convert first'
    report(Damage(path, text))
    return None


def identify(paths: Iterable[Path]) -> str:
    """
    Derive an id from the contents of files.

    Parameters
    ----------
    paths
        Of storage files, in any order.

    Returns
    -------
    str
        The same for the same files, wherever they are and whatever they are called.

    """
    parts = []
    for path in paths:
        # A file that cannot be read is reported where its messages are missed.
        with suppress(OSError), path.open('rb') as file:
            size = os.fstat(file.fileno()).st_size
            head = file.read(_IDENTITY_BYTES)
            file.seek(max(0, size - _IDENTITY_BYTES))
            parts.append(blake2b(b'%d' % size + head + file.read(_IDENTITY_BYTES)).digest())
    return blake2b(b''.join(sorted(parts)), digest_size=16).hexdigest()


class _Unpacked:
    """A file that was unpacked into a temporary folder until it is closed."""

    def __init__(self, file: BagFile, folder: TemporaryDirectory[str]) -> None:
        self._file = file
        self._folder = folder
        self.contents = file.contents
        self.load = file.load

    def close(self) -> None:
        """Close and delete the unpacked file."""
        self._file.close()
        self._folder.cleanup()


def _open_packed(
    path: Path, codec: str, hint: FileHint, report: Callable[[Damage], None]
) -> BagFile | None:
    folder = TemporaryDirectory(prefix='bag2rrd-')
    try:
        target = Path(folder.name, path.stem)
        if problem := unpack_file(path, codec, target):
            report(Damage(path, f'can be unpacked in part only ({problem})'))
        file = open_file(target, hint, lambda damage: report(damage._replace(path=path)))
    except BaseException:
        folder.cleanup()
        raise
    if file is None:
        folder.cleanup()
        return None
    return _Unpacked(file, folder)


def _named_files(folder: Path, metadata: Metadata, damages: list[Damage]) -> Iterable[Path]:
    for name in metadata.file_names:
        # Some recorders leave the suffix of the compression out.
        candidates = [folder / f'{name}{suffix}' for suffix in ('', *_PACKED_SUFFIXES)]
        path = next((each for each in candidates if each.is_file()), None)
        if path is None:
            damages.append(Damage(folder / name, 'is missing'))
        else:
            yield path


def _is_storage(name: str) -> bool:
    for suffix in _PACKED_SUFFIXES:
        name = name.removesuffix(suffix)
    return name.endswith(_SUFFIXES)


def _stem(path: Path) -> str:
    name = path.name
    for suffix in (*_PACKED_SUFFIXES, *_SUFFIXES):
        name = name.removesuffix(suffix)
    return name


def _natural(path: Path) -> list[tuple[bool, int, str]]:
    """Sort `bag_10` behind `bag_9`."""
    parts = re.split(r'(\d+)', path.name)
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]
