# SPDX-License-Identifier: Apache-2.0
"""Chunks: many rows of one entity as one Arrow table."""

from __future__ import annotations

from rerun_bridge.chunk.batcher import Batcher, Chunk, encode_chunk, encode_group, Rows
from rerun_bridge.chunk.template import (
    chunk_template,
    component_field,
    component_metadata,
    time_type,
)

__all__ = [
    'Batcher',
    'Chunk',
    'Rows',
    'chunk_template',
    'component_field',
    'component_metadata',
    'encode_chunk',
    'encode_group',
    'time_type',
]
