# SPDX-License-Identifier: Apache-2.0
"""Properties of views of texts and tables."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, TYPE_CHECKING

from rerun_bridge.blueprint.schema import BlueprintArchetype
from rerun_bridge.blueprint.values import ComponentColumnSelector

if TYPE_CHECKING:
    from collections.abc import Sequence
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.likes import Booleans, Texts
    from rerun_bridge.archetypes.values import Time
    from rerun_bridge.blueprint.values import TextLogColumn, TimelineColumn


class TextDocumentFormat(BlueprintArchetype):
    """
    How a document is written.

    Parameters
    ----------
    monospace, word_wrap
        Whether they are on.

    """

    _: KW_ONLY
    monospace: Booleans | None = None
    word_wrap: Booleans | None = None


class TextLogColumns(BlueprintArchetype):
    """
    Columns of a log.

    Parameters
    ----------
    timeline_columns
        Names of timelines, or `TimelineColumn`.
    text_log_columns
        `TextLogColumn`, or their kinds.

    """

    _: KW_ONLY
    timeline_columns: Sequence[TimelineColumn | str] | None = None
    text_log_columns: Sequence[TextLogColumn | str] | None = None


class TextLogRows(BlueprintArchetype):
    """
    Rows of a log.

    Parameters
    ----------
    filter_by_log_level
        Levels that are shown.

    """

    _: KW_ONLY
    filter_by_log_level: Texts | None = None


class TextLogFormat(BlueprintArchetype):
    """
    How a log is written.

    Parameters
    ----------
    monospace_body
        Whether all letters are as wide.

    """

    _: KW_ONLY
    monospace_body: Booleans | None = None


class DataframeQuery(BlueprintArchetype):
    """
    What a table shows.

    Parameters
    ----------
    timeline
        Its name.
    filter_by_range
        First and last time.
    filter_is_not_null
        A column, as ``/entity/path:Component``; only rows that have it are shown.
    apply_latest_at
        Whether empty cells show what was before.
    select
        Columns: names of timelines, and components as above; all if not given.
    entity_order
        Paths in the order of their columns.
    auto_scroll
        Whether the table follows the time cursor.

    """

    def __init__(
        self,
        *,
        timeline: Texts | None = None,
        filter_by_range: tuple[Time | int, Time | int] | None = None,
        filter_is_not_null: ComponentColumnSelector | str | None = None,
        apply_latest_at: bool = False,
        select: Sequence[ComponentColumnSelector | str] | None = None,
        entity_order: Sequence[str] | None = None,
        auto_scroll: bool = False,
    ) -> None:
        self._set(
            timeline=timeline,
            filter_by_range=_to_range(filter_by_range),
            filter_is_not_null=_to_filter(filter_is_not_null),
            apply_latest_at=apply_latest_at,
            select=None if select is None else _to_selection(select),
            entity_order=entity_order,
            auto_scroll=auto_scroll,
        )


def _to_range(times: tuple[Time | int, Time | int] | None) -> dict[str, int] | None:
    return None if times is None else {'start': int(times[0]), 'end': int(times[1])}


def _to_filter(column: ComponentColumnSelector | str | None) -> dict[str, Any] | None:
    return None if column is None else {'active': True, 'column': _to_selector(column)}


def _to_selector(column: ComponentColumnSelector | str) -> dict[str, str]:
    return asdict(ComponentColumnSelector(column) if isinstance(column, str) else column)


def _to_selection(columns: Sequence[ComponentColumnSelector | str]) -> dict[str, Any]:
    times = [column for column in columns if isinstance(column, str) and ':' not in column]
    return {
        'time_columns': times,
        'component_columns': [_to_selector(c) for c in columns if c not in times],
    }
