# SPDX-License-Identifier: Apache-2.0
"""
Checks of parameter values.

A check returns the value in the type that the program uses, or raises ParameterError with a text
that goes behind the name of the parameter. Parameters are dynamically typed for ROS, since its
own typing refuses 2 for 2.0 and cannot have an empty list as a default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
import math
import re
from typing import Any

from rerun_bridge.errors import ParameterError

Check = Callable[[object], Any]


def boolean(value: object) -> bool:
    """Accept true and false."""
    if not isinstance(value, bool):
        raise _unfit('true or false', value)
    return value


def text(value: object) -> str:
    """Accept any text."""
    if not isinstance(value, str):
        raise _unfit('a text', value)
    return value


def texts(value: object) -> list[str]:
    """Accept a list of texts; an empty list arrives as nothing or as one of another type."""
    items = [] if value is None else value
    if isinstance(items, str) or not isinstance(items, Iterable):
        raise _unfit('a list of texts', value)
    found = list(items)
    if not all(isinstance(item, str) for item in found):
        raise _unfit('a list of texts', value)
    return found


def patterns(value: object) -> list[str]:
    """Accept a list of regular expressions."""
    items = texts(value)
    for item in items:
        try:
            re.compile(item)
        except re.error as exc:
            msg = f'has a pattern that is no regular expression ({exc}): {item!r}'
            raise ParameterError(msg) from exc
    return items


def number(minimum: float = -math.inf, maximum: float = math.inf) -> Check:
    """
    Make a check for numbers; integers are numbers, too.

    Parameters
    ----------
    minimum, maximum
        Both allowed.

    """

    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _unfit('a number', value)
        if not minimum <= value <= maximum:
            raise _unfit(_bounds('a number', minimum, maximum), value)
        return float(value)

    return check


def integer(minimum: int, maximum: int) -> Check:
    """
    Make a check for integers.

    Parameters
    ----------
    minimum, maximum
        Both allowed.

    """

    def check(value: object) -> int:
        is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not is_whole:
            raise _unfit('an integer', value)
        whole = int(value)  # type: ignore[call-overload]
        if not minimum <= whole <= maximum:
            raise _unfit(_bounds('an integer', minimum, maximum), value)
        return int(whole)

    return check


def one_of(*choices: str) -> Check:
    """
    Make a check for texts that stand for something.

    Parameters
    ----------
    *choices
        What is allowed.

    """

    def check(value: object) -> str:
        if value not in choices:
            raise _unfit(f'one of {", ".join(choices)}', value)
        return str(value)

    return check


def _bounds(what: str, minimum: float, maximum: float) -> str:
    parts = []
    if minimum > -math.inf:
        parts.append(f'at least {minimum:g}')
    if maximum < math.inf:
        parts.append(f'at most {maximum:g}')
    return ' '.join((what, ' and '.join(parts)))


def _unfit(wanted: str, value: object) -> ParameterError:
    return ParameterError(f'must be {wanted}, not {value!r}')
