# SPDX-License-Identifier: Apache-2.0
"""Encodings: NumPy, text and bytes in, Arrow buffers out."""

from __future__ import annotations

from rerun_bridge.encodings.arrow import Arrow, put_together, Records, take_apart
from rerun_bridge.encodings.base import (
    ArrayBuffers,
    Buffer,
    Bytes,
    Encoding,
    offsets_of,
    Owned,
    owned,
    raw,
)
from rerun_bridge.encodings.component import Component, Layout
from rerun_bridge.encodings.ipc_layout import BatchLayout, read_batch_layout
from rerun_bridge.encodings.numeric import (
    Boolean,
    non_null,
    Primitive,
    to_owned,
    Vector,
    VectorList,
)
from rerun_bridge.encodings.pool import copied, empty
from rerun_bridge.encodings.text import Blob, Text

__all__ = [
    'ArrayBuffers',
    'Arrow',
    'BatchLayout',
    'Blob',
    'Boolean',
    'Buffer',
    'Bytes',
    'Component',
    'Encoding',
    'Layout',
    'Owned',
    'Primitive',
    'Records',
    'Text',
    'Vector',
    'VectorList',
    'copied',
    'empty',
    'non_null',
    'offsets_of',
    'owned',
    'put_together',
    'raw',
    'read_batch_layout',
    'take_apart',
    'to_owned',
]
