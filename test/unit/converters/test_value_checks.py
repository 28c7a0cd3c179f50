# SPDX-License-Identifier: Apache-2.0
"""Values are taken in every form that YAML and the command line give them."""

from __future__ import annotations

from array import array
import math
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.converters.value_checks import (
    boolean,
    frame,
    integer,
    interval,
    needing_pillow,
    number,
    one_of,
    patterns,
    picture_size,
    switch,
    text,
    texts,
)
from rerun_bridge.errors import hint, ParameterError

if TYPE_CHECKING:
    from rerun_bridge.converters.value_checks import Check

GOOD: list[tuple[Check, object, object]] = [
    (boolean, True, True),
    (text, '', ''),
    (frame, '', ''),
    (frame, ' /map', 'map'),
    (texts, None, []),
    (texts, [], []),
    (texts, array('q'), []),
    (texts, ('a', 'b'), ['a', 'b']),
    (patterns, ['/a/.*'], ['/a/.*']),
    (number(), 2, 2.0),
    (number(), -1.5, -1.5),
    (number(0, 1), 1, 1.0),
    (integer(0, 10), 3.0, 3),
    (integer(0, 10), 10, 10),
    (one_of('drop', 'buffer'), 'drop', 'drop'),
    (switch('auto'), 'auto', 'auto'),
    (switch('auto'), 'off', 'off'),
    (switch('auto'), True, 'on'),
    (switch('auto'), False, 'off'),
    (interval, [], ()),
    (interval, None, ()),
    (interval, array('q', [0, 100]), (0.0, 100.0)),
    (interval, [-1, 0.5], (-1.0, 0.5)),
    (picture_size, '640x480', '640x480'),
    (picture_size, ' 640 x 480', '640x480'),
    (picture_size, 640, 640.0),
    (picture_size, 640.0, 640.0),
    (picture_size, '640', 640.0),
    (picture_size, 0.5, 0.5),
    (picture_size, '0.5', 0.5),
    (picture_size, 1, 1.0),
]
BAD: list[tuple[Check, object, str]] = [
    (boolean, 1, 'must be true or false, not 1'),
    (boolean, 'true', 'must be true or false'),
    (text, 3, 'must be a text, not 3'),
    (frame, 3, 'must be a text, not 3'),
    (frame, 'tf#/a', "is 'tf#/a', but names with tf# are the viewer's; use one of ROS"),
    (texts, 'a', "must be a list of texts, not 'a'"),
    (texts, [1], 'must be a list of texts'),
    (texts, 5, 'must be a list of texts'),
    (patterns, ['('], 'is no regular expression'),
    (number(), True, 'must be a number'),
    (number(), '2', 'must be a number'),
    (number(0, 1), 2, 'must be a number at least 0 and at most 1, not 2'),
    (number(0), math.nan, 'must be a number at least 0, not nan'),
    (integer(0, 10), 2.5, 'must be an integer at least 0 and at most 10, not 2.5'),
    (integer(0, 10), math.inf, 'must be an integer'),
    (integer(0, 10), 11, 'must be an integer'),
    (one_of('drop', 'buffer'), 'keep', "must be one of drop, buffer, not 'keep'"),
    (one_of('drop', 'buffer'), [], 'must be one of drop, buffer'),
    (switch('auto'), 'maybe', "must be one of auto, on, off, not 'maybe'"),
    (switch('auto'), 1, 'must be one of auto, on, off, not 1'),
    (interval, 5, 'must be a list of two ascending numbers, or empty, not 5'),
    (interval, [1.0], 'must be a list of two ascending numbers'),
    (interval, [1, 1], 'must be a list of two ascending numbers'),
    (interval, [2, 1], 'must be a list of two ascending numbers'),
    (interval, [0, math.nan], 'must be a list of two ascending numbers'),
    (interval, [0, math.inf], 'must be a list of two ascending numbers'),
    (interval, [0, 1, 2], 'must be a list of two ascending numbers'),
    (interval, ['a', 'b'], 'must be a list of two ascending numbers'),
    (interval, 'ab', 'must be a list of two ascending numbers'),
    *(
        (picture_size, value, 'must be a size such as 640x480, a width in pixels, or a factor')
        for value in (
            *('', 'big', 'x', '640x', '0x480', '640x480x3', '1.5x2', '640x99999', '-1', 'nan'),
            *(True, 0, -0.5, 1.5, 640.5, 1e9, math.nan, math.inf, [640, 480], None),
        )
    ),
]


@pytest.mark.parametrize(('check', 'value', 'expected'), GOOD)
def test_good_values(check: Check, value: object, expected: object) -> None:
    result = check(value)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(('check', 'value', 'message'), BAD)
def test_bad_values(check: Check, value: object, message: str) -> None:
    with pytest.raises(ParameterError, match=message.replace('.', r'\.')):
        check(value)


def test_what_needs_an_absent_library_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    check = needing_pillow(number(), 0.0)
    monkeypatch.setattr(f'{needing_pillow.__module__}.find_spec', lambda _: None)
    assert check(0) == 0.0
    with pytest.raises(ParameterError, match=r'needs pillow.*pip install pillow'):
        check(1)
    with pytest.raises(ParameterError, match='must be a number'):
        check('1')
    monkeypatch.setattr(f'{needing_pillow.__module__}.find_spec', lambda _: object())
    assert check(1) == 1.0


@pytest.mark.parametrize(
    ('name', 'expected'),
    [('max_rat', '; did you mean max_rate?'), ('zzz', '; there are max_rate, b')],
)
def test_hints(name: str, expected: str) -> None:
    assert hint(name, ['max_rate', 'b']) == expected
