# SPDX-License-Identifier: Apache-2.0
"""Bytes of CDR strings to ``str``."""

from __future__ import annotations


def narrow_text(raw: bytes | memoryview) -> str:
    """
    Decode a ``string``; undecodable bytes become U+FFFD.

    Parameters
    ----------
    raw
        The counted bytes, usually ending in a terminator.

    """
    end = len(raw)
    if end and raw[-1] == 0:
        end -= 1
    return str(raw[:end], 'utf-8', 'replace')


def wide_text_little(raw: bytes | memoryview) -> str:
    """
    Decode a little-endian ``wstring``.

    Parameters
    ----------
    raw
        The counted characters, 4 bytes each.

    """
    return _wide_text(raw, 'utf-32-le')


def wide_text_big(raw: bytes | memoryview) -> str:
    """
    Decode a big-endian ``wstring``.

    Parameters
    ----------
    raw
        The counted characters, 4 bytes each.

    """
    return _wide_text(raw, 'utf-32-be')


def _wide_text(raw: bytes | memoryview, encoding: str) -> str:
    # Fast CDR puts UTF-16 code units into 32 bits each, so that a character beyond U+FFFF arrives
    # as two surrogates; other writers put whole code points there. Both pass through here.
    try:
        units = str(raw, encoding, 'surrogatepass')
    except UnicodeDecodeError:
        units = str(raw, encoding, 'replace')
    units = units.removesuffix('\0')
    return units.encode('utf-16-le', 'surrogatepass').decode('utf-16-le', 'replace')
