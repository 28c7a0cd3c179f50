# SPDX-License-Identifier: Apache-2.0
"""What a file of mappings says, before any type of messages is known."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TYPE_CHECKING, TypeAlias

from rerun_bridge import archetypes
from rerun_bridge.archetypes.schema_archetype import SchemaArchetype

if TYPE_CHECKING:
    from collections.abc import Mapping
    import re

    from rerun_bridge.converters.mappings.field_paths import FieldPath

SourceKind: TypeAlias = Literal['field', 'template', 'list', 'rpy', 'value']
ArchetypeClass: TypeAlias = type[SchemaArchetype]

ARCHETYPES: Mapping[str, ArchetypeClass] = {
    name: found
    for name in archetypes.__all__
    if isinstance(found := getattr(archetypes, name), type) and issubclass(found, SchemaArchetype)
}


class Placeholder(NamedTuple):
    """
    A field in a text.

    Attributes
    ----------
    path
        Which one.
    spec
        How it is written, as in Python: ``.2f``.

    """

    path: FieldPath
    spec: str


Template: TypeAlias = 'tuple[str | Placeholder, ...]'


class Source(NamedTuple):
    """
    Where an argument of an archetype comes from.

    Attributes
    ----------
    where
        File and line.
    kind
        What `content` is.
    content
        A `FieldPath`, a `Template`, a tuple of sources (of a list, or of roll, pitch and yaw), or
        a value.
    scale, offset
        To apply to numbers.
    rotate_by
        A rotation to apply to vectors.

    """

    where: str
    kind: SourceKind
    content: Any
    scale: float = 1.0
    offset: float = 0.0
    rotate_by: FieldPath | None = None


class Stamp(NamedTuple):
    """
    Where the time of a message is.

    Attributes
    ----------
    where
        File and line.
    path
        A ``builtin_interfaces/msg/Time``, or a number.
    nanos_per_unit
        Of the number; 0 for a time.

    """

    where: str
    path: FieldPath
    nanos_per_unit: int


class Output(NamedTuple):
    """
    One archetype to make of a message.

    Attributes
    ----------
    where
        File and line.
    archetype
        Its class.
    entity
        Path below the topic.
    each
        The array whose elements become instances; None for the message as a whole.
    is_static
        Whether it holds for all times.
    fields
        Sources by argument.
    series
        Names of the series of `Scalars`.

    """

    where: str
    archetype: ArchetypeClass
    entity: Template
    each: FieldPath | None
    is_static: bool
    fields: Mapping[str, Source]
    series: tuple[str, ...]


class MessageMapping(NamedTuple):
    """
    What becomes of the messages of a type or of some topics.

    Attributes
    ----------
    where
        File and line.
    type_name
        ``pkg/msg/Type``; None for any.
    topic
        Whose whole name must match; None for any.
    frame
        The text that names the coordinate frame; None for that of the header.
    stamp
        None for that of the header.
    names
        Texts for the numbers in a field, by the path of the field.
    outputs
        What to make.

    """

    where: str
    type_name: str | None
    topic: re.Pattern[str] | None
    frame: Source | None
    stamp: Stamp | None
    names: Mapping[str, Mapping[Any, str]]
    outputs: tuple[Output, ...]

    def fits(self, topic: str, type_name: str) -> bool:
        """
        Tell whether it is for a topic.

        Parameters
        ----------
        topic
            Its name.
        type_name
            ``pkg/msg/Type``.

        """
        return self.type_name in {None, type_name} and (
            self.topic is None or self.topic.fullmatch(topic) is not None
        )
