# SPDX-License-Identifier: Apache-2.0
"""Texts and binary blobs."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rerun_bridge.encodings.base import (
    ArrayBuffers,
    Bytes,
    is_immutable,
    offsets_of,
    raw,
)
from rerun_bridge.encodings.numeric import non_null
from rerun_bridge.encodings.pool import copied
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_BLOB_BYTES = (1 << 31) - 1


class Text:
    """One text per instance."""

    arrow_type = pa.utf8()

    def coerce(self, value: Any) -> list[bytes]:  # noqa: ANN401
        """Take a text or a sequence of texts (bytes are UTF-8, anything else by its `str`)."""
        texts = [value] if isinstance(value, (str, bytes)) or not np.iterable(value) else value
        return [
            text if isinstance(text, bytes) else str(text).encode('utf-8', 'replace')
            for text in texts
        ]

    def count(self, data: list[bytes]) -> int:
        """Return the number of texts."""
        return len(data)

    def num_bytes(self, data: list[bytes]) -> int:
        """Return the size of all texts."""
        return sum(map(len, data))

    def slice(self, data: list[bytes], start: int, stop: int) -> list[bytes]:
        """Return some of the texts."""
        return data[start:stop]

    def join(self, parts: Sequence[list[bytes]]) -> ArrayBuffers:
        """Concatenate."""
        texts = [text for part in parts for text in part]
        offsets = offsets_of([len(text) for text in texts])
        return ArrayBuffers((len(texts), 0), (None, offsets, b''.join(texts)))


class Blob:
    """Bytes per instance: pixels, encoded images, meshes. Never copied once owned."""

    arrow_type = pa.list_(non_null(pa.uint8()))

    def coerce(self, value: Any) -> list[Bytes]:  # noqa: ANN401
        """Take one bytes-like object or array, or a list of them."""
        return [_own(blob) for blob in (value if isinstance(value, list) else [value])]

    def count(self, data: list[Bytes]) -> int:
        """Return the number of blobs."""
        return len(data)

    def num_bytes(self, data: list[Bytes]) -> int:
        """Return the size of all blobs."""
        return sum(map(len, data))

    def slice(self, data: list[Bytes], start: int, stop: int) -> list[Bytes]:
        """Return some of the blobs."""
        return data[start:stop]

    def join(self, parts: Sequence[list[Bytes]]) -> ArrayBuffers:
        """Line the blobs up, as pieces."""
        blobs = [blob for part in parts for blob in part]
        lengths = [len(blob) for blob in blobs]
        return ArrayBuffers(
            (len(blobs), 0, sum(lengths), 0), (None, offsets_of(lengths), None, blobs)
        )


def _own(value: Any) -> Bytes:  # noqa: ANN401
    if isinstance(value, bytes):
        return value
    try:
        array = value if isinstance(value, np.ndarray) else np.frombuffer(value, np.uint8)
    except (TypeError, ValueError) as exc:
        msg = f'expected bytes or an array, got {type(value).__name__}'
        raise UsageError(msg) from exc
    if array.nbytes > _MAX_BLOB_BYTES:
        msg = f'a blob of {array.nbytes} bytes does not fit into Arrow; split it below 2 GiB'
        raise UsageError(msg)
    if array.flags.c_contiguous and is_immutable(value):
        return raw(array)
    return raw(copied(array, array.dtype))
