# SPDX-License-Identifier: Apache-2.0
"""Blueprints as messages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
import uuid

from rerun_bridge.blueprint import to_blueprint
from rerun_bridge.chunk import encode_chunk, RowGroup, Rows
from rerun_bridge.log_encoding import arrow_msg, blueprint_activation, set_store_info
from rerun_bridge.log_types import (
    StoreId,
    StoreKind,
    TimeKind,
    Timeline,
    TimelineSet,
    TuidGenerator,
)

if TYPE_CHECKING:
    from rerun_bridge.blueprint import Blueprint, Container, View
    from rerun_bridge.log_encoding import LogMsg

_TIMELINES = TimelineSet.of([Timeline('blueprint', TimeKind.SEQUENCE)])


def blueprint_messages(
    blueprint: Blueprint | View | Container,
    application_id: str,
    *,
    make_active: bool = True,
    make_default: bool = True,
) -> list[LogMsg]:
    """
    Encode a blueprint.

    Parameters
    ----------
    blueprint
        Views and panels.
    application_id
        Whose recordings it is for.
    make_active
        Show it now.
    make_default
        Show it where the user has arranged nothing.

    Returns
    -------
    list of LogMsg
        Store info, chunks and the activation, in a store of their own.

    """
    store_id = StoreId(StoreKind.BLUEPRINT, uuid.uuid4().hex, application_id)
    ids = TuidGenerator(time.time_ns)
    messages = [set_store_info(store_id, ids.next())]
    for path, (layout, datas) in to_blueprint(blueprint).rows():
        rows = Rows(path, _TIMELINES, (0,), layout, datas)
        chunk = encode_chunk(RowGroup([ids.next().to_int()], [rows]), ids.next())
        messages.append(arrow_msg(store_id, chunk, compress=True, is_retained=True))
    messages.append(
        blueprint_activation(store_id, make_active=make_active, make_default=make_default)
    )
    return messages
