# SPDX-License-Identifier: Apache-2.0
"""Reads the files of the official web viewer where they are: in a wheel or in a folder."""

from __future__ import annotations

from functools import lru_cache
import gzip
import hashlib
import re
import struct
from typing import TYPE_CHECKING
import zipfile
import zlib

from rerun_bridge.errors import WebViewerNotFoundError
from rerun_bridge.sinks.web_viewer.pinned import (
    PACKAGE,
    PinnedFile,
    REQUIREMENT,
    SCRIPT,
    WASM,
    WHEEL,
)

if TYPE_CHECKING:
    from pathlib import Path

INLINE_WASM = 'rerunBridgeWasm'
"""Global function that `WebViewerFiles.inline_module` calls for a response with the wasm."""

_EXPORTS = '\nexport { WebViewer, LogChannel };\n'
_FETCH_WASM = re.compile('//!<INLINE-MARKER-OPEN>.*?//!<INLINE-MARKER-CLOSE>', re.DOTALL)
_HASH_STEP_BYTES = 1 << 20
_LOCAL_HEADER = struct.Struct('<4s22xHH')
_GZIP_HEADER = b'\x1f\x8b\x08\0\0\0\0\0\0\xff'
_GZIP_TRAILER = struct.Struct('<II')


class WebViewerFiles:
    """
    The official web viewer; its files are read when they are asked for and not kept.

    Parameters
    ----------
    path
        The wheel, or a folder with the viewer's two files.

    Raises
    ------
    WebViewerNotFoundError
        If it is not the release that this package works with.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if problem := _problem(path):
            msg = (
                f'{path} {problem}; it has to be the wheel {WHEEL.name}, or a folder with '
                f'{WASM.name} and {SCRIPT.name} of {REQUIREMENT}'
            )
            raise WebViewerNotFoundError(msg)

    def wasm(self) -> bytes:
        """
        Read the viewer's program.

        Returns
        -------
        bytes
            67 MB.

        Raises
        ------
        WebViewerNotFoundError
            If the file has gone or changed since it was found; so for all methods.

        """
        return self._read(WASM)

    @property
    def is_compressed(self) -> bool:
        """Whether `wasm_gzip` costs nothing."""
        return not self.path.is_dir()

    def wasm_gzip(self) -> bytes:
        """
        Read the viewer's program as gzip.

        Returns
        -------
        bytes
            17 MB: from a wheel as they are there, from a folder compressed anew.

        """
        if not self.is_compressed:
            return gzip.compress(self.wasm())
        try:
            return _read_gzip(self.path, f'{PACKAGE}/static/{WASM.name}')
        except (OSError, KeyError, struct.error, zipfile.BadZipFile) as exc:
            raise self._changed() from exc

    def module(self) -> str:
        """
        Read the viewer's script.

        Returns
        -------
        str
            A module that exports ``WebViewer`` and ``LogChannel`` and fetches the program from
            where it comes from itself.

        """
        content = self._read(SCRIPT)
        if hashlib.sha256(content).hexdigest() != SCRIPT.sha256:
            raise self._changed()
        return content.decode() + _EXPORTS

    def inline_module(self) -> str:
        """
        Read the viewer's script for a page that carries the program itself.

        Returns
        -------
        str
            As `module`, but the program comes from the global function `INLINE_WASM`.

        """
        return _FETCH_WASM.sub(f'return await globalThis.{INLINE_WASM}();', self.module())

    def _read(self, file: PinnedFile) -> bytes:
        try:
            if not self.is_compressed:
                return (self.path / file.name).read_bytes()
            with zipfile.ZipFile(self.path) as wheel:
                return wheel.read(f'{PACKAGE}/static/{file.name}')
        except (OSError, KeyError, zipfile.BadZipFile, zlib.error) as exc:
            raise self._changed() from exc

    def _changed(self) -> WebViewerNotFoundError:
        msg = f'{self.path} has changed or gone while in use; put {REQUIREMENT} back there'
        return WebViewerNotFoundError(msg)


def is_pinned(path: Path) -> bool:
    """Tell whether a wheel or folder is the viewer that this package works with."""
    return _problem(path) is None


def _problem(path: Path) -> str | None:
    try:
        if path.is_dir():
            size = (path / WASM.name).stat().st_size
            is_right = size == WASM.num_bytes and _has_content(path / SCRIPT.name, SCRIPT)
        else:
            is_right = _has_content(path, WHEEL)
    except OSError as exc:
        return f'cannot be used ({exc.strerror}: {exc.filename})'
    return None if is_right else f'is not the web viewer {REQUIREMENT}, byte by byte'


def _has_content(path: Path, file: PinnedFile) -> bool:
    status = path.stat()
    if status.st_size != file.num_bytes:
        return False
    return _sha256(path, status.st_ino, status.st_mtime_ns) == file.sha256


@lru_cache(maxsize=8)
def _sha256(path: Path, _inode: int, _mtime_ns: int) -> str:
    digest = hashlib.sha256()
    with path.open('rb') as file:
        while piece := file.read(_HASH_STEP_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _read_gzip(path: Path, member: str) -> bytes:
    """Give a deflated member of a zip file as gzip: the same stream between other headers."""
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(member)
    with path.open('rb') as file:
        file.seek(info.header_offset)
        _, name_bytes, extra_bytes = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
        file.seek(name_bytes + extra_bytes, 1)
        deflated = file.read(info.compress_size)
    return b''.join((_GZIP_HEADER, deflated, _GZIP_TRAILER.pack(info.CRC, info.file_size)))
