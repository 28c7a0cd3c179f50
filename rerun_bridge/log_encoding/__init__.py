# SPDX-License-Identifier: Apache-2.0
"""Log messages and their frames: encode once, send the same bytes everywhere."""

from __future__ import annotations

from rerun_bridge.log_encoding.chunk_facts import chunk_facts
from rerun_bridge.log_encoding.decoder import decode, DecodedMsg, Decoder
from rerun_bridge.log_encoding.encoder import RrdEncoder
from rerun_bridge.log_encoding.index import Index
from rerun_bridge.log_encoding.merging import merge_messages
from rerun_bridge.log_encoding.messages import (
    arrow_msg,
    blueprint_activation,
    grpc_message,
    grpc_pieces,
    LogMsg,
    MessageKind,
    RERUN_VERSION,
    set_store_info,
)

__all__ = [
    'RERUN_VERSION',
    'DecodedMsg',
    'Decoder',
    'Index',
    'LogMsg',
    'MessageKind',
    'RrdEncoder',
    'arrow_msg',
    'blueprint_activation',
    'chunk_facts',
    'decode',
    'grpc_message',
    'grpc_pieces',
    'merge_messages',
    'set_store_info',
]
