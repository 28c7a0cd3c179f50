# SPDX-License-Identifier: Apache-2.0
"""Log messages and their frames: encode once, send the same bytes everywhere."""

from __future__ import annotations

from rerun_bridge.log_encoding.decoder import DecodedMsg, Decoder
from rerun_bridge.log_encoding.manifest import Manifest
from rerun_bridge.log_encoding.messages import (
    arrow_msg,
    blueprint_activation,
    grpc_message,
    LogMsg,
    MessageKind,
    RERUN_VERSION,
    set_store_info,
)
from rerun_bridge.log_encoding.protobuf import bytes_field
from rerun_bridge.log_encoding.rrd import (
    end_of_stream,
    MESSAGE_HEADER,
    message_header,
    stream_header,
)

__all__ = [
    'MESSAGE_HEADER',
    'RERUN_VERSION',
    'DecodedMsg',
    'Decoder',
    'LogMsg',
    'Manifest',
    'MessageKind',
    'arrow_msg',
    'blueprint_activation',
    'bytes_field',
    'end_of_stream',
    'grpc_message',
    'message_header',
    'set_store_info',
    'stream_header',
]
