# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from rerun_bridge.converters.palette import pack, turbo

INF, NAN = np.inf, np.nan


def test_pack() -> None:
    red, green, blue = (np.array(each, np.uint8) for each in ([1, 255], [2, 0], [3, 16]))
    assert [hex(each) for each in pack(red, green, blue)] == ['0x10203ff', '0xff0010ff']
    assert pack(red, green, blue, np.array([4, 0]))[0] == 0x01020304


def channels(color: int) -> tuple[int, int, int]:
    assert color & 0xFF == 0xFF
    return color >> 24, color >> 16 & 0xFF, color >> 8 & 0xFF


def test_turbo_goes_from_blue_over_green_to_red() -> None:
    low, quarter, middle, high = (channels(int(each)) for each in turbo(np.array([0, 2, 4, 8])))
    assert low[2] > 2 * max(low[:2])
    assert low[2] > 150, 'seen on a black ground'
    assert quarter[2] > quarter[0]
    assert middle[1] > 200
    assert high[0] > high[1] > high[2] - 20


@pytest.mark.parametrize('dtype', ['u1', 'i2', '<u4', '>u2', '<f4', '>f4', '<f8', '>f8', 'i8'])
def test_turbo_of_any_kind_of_number(dtype: str) -> None:
    colors = turbo(np.array([1, 3, 9], dtype))
    np.testing.assert_array_equal(colors, turbo(np.array([10.0, 30.0, 90.0])))
    assert colors.dtype == np.dtype('<u4')


@pytest.mark.parametrize(
    ('values', 'like'),
    [
        ([1.0, NAN, 3.0], [1.0, 1.0, 3.0]),
        ([1.0, INF, 3.0], [1.0, 1.0, 3.0]),
        ([-INF, 1.0, 3.0], [1.0, 1.0, 3.0]),
        ([NAN, NAN], [5.0, 5.0]),
        ([INF], [0.0]),
        ([3.0, 3.0], [7.0, 7.0]),
    ],
)
def test_turbo_of_special_numbers(values: list[float], like: list[float]) -> None:
    with np.errstate(all='ignore'):
        found = turbo(np.array(values, np.float32))
    np.testing.assert_array_equal(found, turbo(np.array(like)))


def test_turbo_of_extremes_and_of_nothing() -> None:
    with np.errstate(all='ignore'):
        colors = turbo(np.array([-3.4e38, 0.0, 3.4e38], np.float32))
    assert len(colors) == 3
    assert turbo(np.array([], np.float32)).shape == (0,)


def test_turbo_between_limits() -> None:
    values = np.array([NAN, -INF, -5.0, 0.0, 5.0, 10.0, 99.0, INF])
    expected = turbo(np.array([0.0, 0.0, 0.0, 0.0, 5.0, 10.0, 10.0, 10.0]))
    np.testing.assert_array_equal(turbo(values, (0.0, 10.0)), expected)
    np.testing.assert_array_equal(turbo(np.array([30, 30], 'u1'), (0.0, 10.0)), expected[[5, 5]])
