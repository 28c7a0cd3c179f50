# SPDX-License-Identifier: Apache-2.0
"""
Checks of the values of parameters and of options of topics.

A check returns the value in the type that the program uses, or raises ParameterError with a text
that goes behind the name of the parameter. Parameters are dynamically typed for ROS, since its
own typing refuses 2 for 2.0 and cannot have an empty list as a default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.util import find_spec
import math
import re
import sys
from typing import Any

from rerun_bridge.errors import ParameterError

Check = Callable[[object], Any]
_LARGEST = sys.float_info.max
_MAX_PIXELS = 65500
"""Of a side of a JPEG file."""
_SMALLEST = 1e-4
_RESERVED_FRAME = 'tf#'


def boolean(value: object) -> bool:
    """Accept true and false."""
    wanted = 'true or false'
    if not isinstance(value, bool):
        raise _unfit(wanted, value)
    return value


def text(value: object) -> str:
    """Accept any text."""
    wanted = 'a text'
    if not isinstance(value, str):
        raise _unfit(wanted, value)
    return value


def frame(value: object) -> str:
    """Accept the name of a coordinate frame, or none; a slash before it is stripped."""
    name = text(value).strip().removeprefix('/')
    if name.startswith(_RESERVED_FRAME):
        msg = f"is {name!r}, but names with {_RESERVED_FRAME} are the viewer's; use one of ROS"
        raise ParameterError(msg)
    return name


def texts(value: object) -> list[str]:
    """Accept a list of texts; an empty list arrives as nothing or as one of another type."""
    wanted = 'a list of texts'
    items = [] if value is None else value
    if isinstance(items, str) or not isinstance(items, Iterable):
        raise _unfit(wanted, value)
    found = list(items)
    if not all(isinstance(item, str) for item in found):
        raise _unfit(wanted, value)
    return found


def patterns(value: object) -> list[str]:
    """Accept a list of regular expressions."""
    items = texts(value)
    try:
        for item in items:
            re.compile(item)
    except re.error as exc:
        msg = f'has a pattern that is no regular expression ({exc}): {exc.pattern!r}'
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
    wanted = _bounded('a number', minimum, maximum)

    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _unfit(wanted, value)
        if not minimum <= value <= maximum:
            raise _unfit(wanted, value)
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
    wanted = _bounded('an integer', minimum, maximum)

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _unfit(wanted, value)
        if value != value // 1 or not minimum <= value <= maximum:
            raise _unfit(wanted, value)
        return int(value)

    return check


def flag_or(check: Check) -> Check:
    """
    Make a check for what may also be true or false.

    Parameters
    ----------
    check
        Of all other values.

    """
    return lambda value: value if isinstance(value, bool) else check(value)


def one_of(*choices: str) -> Check:
    """
    Make a check for texts that stand for something.

    Parameters
    ----------
    *choices
        What is allowed.

    """
    wanted = f'one of {", ".join(choices)}'

    def check(value: object) -> str:
        if value not in choices:
            raise _unfit(wanted, value)
        return str(value)

    return check


def switch(*choices: str) -> Check:
    """
    Make a check for `on` and `off`, which YAML takes for true and false, and other texts.

    Parameters
    ----------
    *choices
        What else is allowed.

    """
    check_text = one_of(*choices, 'on', 'off')

    def check(value: object) -> str:
        if isinstance(value, bool):
            return 'on' if value else 'off'
        return str(check_text(value))

    return check


def interval(value: object) -> tuple[float, ...]:
    """Accept two ascending numbers, or none: an empty list may be of another type."""
    wanted = 'a list of two ascending numbers, or empty'
    items = [] if value is None else value
    if isinstance(items, str) or not isinstance(items, Iterable):
        raise _unfit(wanted, value)
    found = list(items)
    try:
        limits = tuple(number(-_LARGEST, _LARGEST)(item) for item in found)
    except ParameterError as exc:
        raise _unfit(wanted, value) from exc
    if limits and (len(limits) != 2 or limits[0] >= limits[1]):  # noqa: PLR2004
        raise _unfit(wanted, found)
    return limits


def picture_size(value: object) -> str | float:
    """Accept a size such as 640x480, a width in pixels, or a factor up to 1; also as a text."""
    wanted = 'a size such as 640x480, a width in pixels, or a factor up to 1 such as 0.5'
    try:
        parts = [float(part) for part in _text_of(value).split('x')]
        if len(parts) == 2:  # noqa: PLR2004
            width, height = map(integer(1, _MAX_PIXELS), parts)
            return f'{width}x{height}'
        (size,) = map(number(_SMALLEST, _MAX_PIXELS), parts)
        return size if size <= 1 else float(integer(1, _MAX_PIXELS)(size))
    except (ParameterError, ValueError) as exc:
        raise _unfit(wanted, value) from exc


def needing_pillow(check: Check, neutral: object) -> Check:
    """
    Make a check of what works with a library that may be absent.

    Parameters
    ----------
    check
        Of the value itself.
    neutral
        The value that needs no library.

    """

    def check_both(value: object) -> Any:  # noqa: ANN401 - as the check returns it
        checked = check(value)
        if checked != neutral and find_spec('PIL') is None:
            msg = 'needs pillow, which is not installed; run: pip install pillow'
            raise ParameterError(msg)
        return checked

    return check_both


def _text_of(value: object) -> str:
    # Numbers come as such, and true is one to Python.
    return '' if isinstance(value, bool) else str(value)


def _bounded(what: str, minimum: float, maximum: float) -> str:
    parts = []
    if minimum > -math.inf:
        parts.append(f'at least {minimum:.15g}')
    if maximum < math.inf:
        parts.append(f'at most {maximum:.15g}')
    return ' '.join((what, ' and '.join(parts)))


def _unfit(wanted: str, value: object) -> ParameterError:
    return ParameterError(f'must be {wanted}, not {value!r}')
