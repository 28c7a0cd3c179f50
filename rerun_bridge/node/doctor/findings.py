# SPDX-License-Identifier: Apache-2.0
"""What a check of `doctor` says."""

from __future__ import annotations

from typing import Literal, NamedTuple, TYPE_CHECKING

if TYPE_CHECKING:
    from rerun_bridge.errors import RerunBridgeError

Level = Literal['ok', 'warning', 'problem']


class Finding(NamedTuple):
    """
    One line for people.

    Attributes
    ----------
    level
        Whether all is well.
    fact
        What there is.
    fix
        What to do about it; empty: nothing.

    """

    level: Level
    fact: str
    fix: str = ''


def ok(fact: str) -> Finding:
    """Say that something is as it should be."""
    return Finding('ok', fact)


def warning(fact: str, fix: str = '') -> Finding:
    """Say that something may be in the way of what the user wants."""
    return Finding('warning', fact, fix)


def problem(fact: str, fix: str = '') -> Finding:
    """Say that something does not work."""
    return Finding('problem', fact, fix)


def from_error(error: RerunBridgeError, level: Level = 'problem') -> Finding:
    """Take over an error of this package, which says the fact, then the fix."""
    fact, _, fix = str(error).partition('; ')
    return Finding(level, fact, fix)
