# SPDX-License-Identifier: Apache-2.0
"""Enumerations by name, by number, and what is none of them."""

from __future__ import annotations

import numpy as np
import pytest

from rerun_bridge.archetypes import ChannelDatatype, ColorModel, FillMode, VideoCodec
from rerun_bridge.archetypes.enums import Choice
from rerun_bridge.errors import UsageError


@pytest.mark.parametrize('value', [FillMode.Solid, 3, 'Solid', 'solid', 'SOLID', np.uint8(3)])
def test_auto(value: str | int) -> None:
    assert FillMode.auto(value) is FillMode.Solid


@pytest.mark.parametrize('value', ['glass', 9, 0])
def test_auto_refuses(value: str | int) -> None:
    with pytest.raises(UsageError, match='is no FillMode; use one of MajorWireframe, Dense'):
        FillMode.auto(value)


def test_text() -> None:
    assert str(FillMode.Solid) == 'Solid'


def test_choices() -> None:
    encoding = Choice(FillMode)
    assert encoding.coerce(FillMode.Solid).tolist() == [3]
    assert encoding.coerce(('solid', 1, FillMode.DenseWireframe)).tolist() == [3, 1, 2]
    assert encoding.coerce(np.uint8(2)).tolist() == [2]
    assert encoding.coerce([]).dtype == np.uint8
    assert Choice(VideoCodec, '<u4').coerce('h264').tobytes() == b'1cva'


@pytest.mark.parametrize('value', [['solid', 'glass'], 'glass', [1.5]])
def test_choices_refuse(value: object) -> None:
    with pytest.raises(UsageError, match='is no FillMode'):
        Choice(FillMode).coerce(value)


@pytest.mark.parametrize('member', ChannelDatatype)
def test_numpy_types(member: ChannelDatatype) -> None:
    dtype = np.dtype(member.to_np_dtype())
    assert ChannelDatatype.from_np_dtype(dtype) is member
    assert ChannelDatatype.from_np_dtype(dtype.newbyteorder('>')) is member


@pytest.mark.parametrize('dtype', ['?', 'c8', 'U1', 'M8[ns]'])
def test_numpy_types_refuse(dtype: str) -> None:
    with pytest.raises(UsageError, match='do not exist'):
        ChannelDatatype.from_np_dtype(dtype)


def test_num_channels() -> None:
    assert [model.num_channels() for model in ColorModel] == [1, 3, 4, 3, 4]
