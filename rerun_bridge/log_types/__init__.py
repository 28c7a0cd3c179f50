# SPDX-License-Identifier: Apache-2.0
"""Identity of things in a recording: ids, paths, timelines, stores."""

from __future__ import annotations

from rerun_bridge.log_types.entity_path import (
    escape_entity_path_part,
    new_entity_path,
    normalize_entity_path,
    PROPERTIES_PATH,
)
from rerun_bridge.log_types.store_id import sanitize_application_id, StoreId, StoreKind
from rerun_bridge.log_types.timeline import (
    LOG_TICK,
    LOG_TIME,
    new_timeline,
    STATIC,
    TimeKind,
    Timeline,
    TimelineSet,
)
from rerun_bridge.log_types.tuid import Tuid, TuidGenerator

__all__ = [
    'LOG_TICK',
    'LOG_TIME',
    'PROPERTIES_PATH',
    'STATIC',
    'StoreId',
    'StoreKind',
    'TimeKind',
    'Timeline',
    'TimelineSet',
    'Tuid',
    'TuidGenerator',
    'escape_entity_path_part',
    'new_entity_path',
    'new_timeline',
    'normalize_entity_path',
    'sanitize_application_id',
]
