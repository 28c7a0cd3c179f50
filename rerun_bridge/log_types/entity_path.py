# SPDX-License-Identifier: Apache-2.0
"""
Entity paths: where in a recording data lives.

A path is written ``/a/b``; characters other than letters, digits, ``_``, ``-`` and ``.`` are
escaped with a backslash, as ``re_log_types`` does.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMED_ESCAPES = {'\n': '\\n', '\r': '\\r', '\t': '\\t'}
_UNESCAPES = {'n': '\n', 'r': '\r', 't': '\t'}
_MAX_CODE_POINT_DIGITS = 8
PROPERTIES_PATH = '/__properties'
"""Where the properties of a recording live."""


def escape_entity_path_part(part: str) -> str:
    """
    Escape one part of a path.

    Parameters
    ----------
    part
        Any text, slashes included.

    Returns
    -------
    str
        The text, special characters escaped.

    """
    return ''.join(map(_escape, part))


def new_entity_path(parts: Iterable[object]) -> str:
    """
    Join parts into a path, each escaped.

    Parameters
    ----------
    parts
        Names from the root downwards; empty for the root.

    Returns
    -------
    str
        The path, with a leading slash.

    Raises
    ------
    UsageError
        If these are bytes.

    """
    if isinstance(parts, (bytes, bytearray)):
        msg = f'{parts!r:.80} is no entity path; decode it'
        raise UsageError(msg)
    return '/' + '/'.join(escape_entity_path_part(str(part)) for part in parts)


@lru_cache(maxsize=16384)
def normalize_entity_path(path: str) -> str:
    """
    Bring a path that a person wrote into its one canonical form.

    Parameters
    ----------
    path
        With or without leading and trailing slash; special characters escaped or not.

    Returns
    -------
    str
        The canonical path, with a leading slash.

    Raises
    ------
    UsageError
        If an escape sequence is not valid.

    """
    return new_entity_path(part for part in _split(path) if part)


def _escape(char: str) -> str:
    if char.isalnum() or char in '_-.':
        return char
    if char in _NAMED_ESCAPES:
        return _NAMED_ESCAPES[char]
    if char.isascii() and char.isprintable():
        return '\\' + char
    return f'\\u{{{ord(char):X}}}'


def _split(path: str) -> list[str]:
    parts = ['']
    chars = iter(path)
    for char in chars:
        if char == '/':
            parts.append('')
        elif char == '\\':
            parts[-1] += _unescape(path, chars)
        else:
            parts[-1] += char
    return parts


def _unescape(path: str, chars: Iterable[str]) -> str:
    rest = iter(chars)
    char = next(rest, None)
    if char is None:
        msg = f'entity path ends in a backslash; write it as two: {path!r}'
        raise UsageError(msg)
    if char != 'u':
        return _UNESCAPES.get(char, char)
    digits = ''
    for digit in rest:
        if digit == '}':
            break
        digits += digit if digit != '{' else ''
    try:
        return chr(int(digits[:_MAX_CODE_POINT_DIGITS], 16))
    except (ValueError, OverflowError):
        msg = f'entity path has a bad \\u{{...}} escape; write hexadecimal digits in it: {path!r}'
        raise UsageError(msg) from None
