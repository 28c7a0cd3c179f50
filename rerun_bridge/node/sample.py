# SPDX-License-Identifier: Apache-2.0
"""One received message, as bytes."""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """
    What the middleware knows about one message.

    Attributes
    ----------
    data
        The message in CDR.
    published_nanos, received_nanos
        When it was published and when it arrived, since the Unix epoch.
    sequence_number
        Counts the messages of its publisher from 1; None where the middleware does not tell.
    publisher
        Identifies the publisher; None where the middleware does not tell.

    """

    data: bytes
    published_nanos: int
    received_nanos: int
    sequence_number: int | None = None
    publisher: bytes | None = None
