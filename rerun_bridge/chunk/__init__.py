# SPDX-License-Identifier: Apache-2.0
"""Chunks: many rows of one entity as one Arrow table."""

from __future__ import annotations

from rerun_bridge.chunk.batcher import Batcher
from rerun_bridge.chunk.chunk_encoder import Chunk, encode_chunk, encode_group
from rerun_bridge.chunk.rows import RowGroup, Rows
from rerun_bridge.chunk.template import (
    chunk_template,
    component_field,
    component_metadata,
    time_type,
)

__all__ = [
    'Batcher',
    'Chunk',
    'RowGroup',
    'Rows',
    'chunk_template',
    'component_field',
    'component_metadata',
    'encode_chunk',
    'encode_group',
    'time_type',
]
