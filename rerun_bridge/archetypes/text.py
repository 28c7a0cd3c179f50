# SPDX-License-Identifier: Apache-2.0
"""Texts: log entries and documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes.schema_archetype import SchemaArchetype

if TYPE_CHECKING:
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.likes import Colors, Texts


class TextLog(SchemaArchetype):
    """
    An entry of a log.

    Parameters
    ----------
    text
        What happened.
    level
        A `TextLogLevel` or any other text.
    color
        Of the entry.

    """

    text: Texts
    _: KW_ONLY
    level: Texts | None = None
    color: Colors | None = None


class TextDocument(SchemaArchetype):
    """
    A document, as in a side panel.

    Parameters
    ----------
    text
        All of it.
    media_type
        ``text/plain`` (the default) or ``text/markdown``; see `MediaType`.

    """

    text: Texts
    _: KW_ONLY
    media_type: Texts | None = None
