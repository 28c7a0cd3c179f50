# SPDX-License-Identifier: Apache-2.0
"""One output of a mapping for one type of messages: from a message to entries."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import Transform3D
from rerun_bridge.cdr import Nested
from rerun_bridge.converters.base import child_path, cleared, Entry, series
from rerun_bridge.converters.mappings.columns import getter
from rerun_bridge.converters.mappings.document import at
from rerun_bridge.converters.mappings.field_paths import find_field
from rerun_bridge.converters.mappings.sources import Compiler
from rerun_bridge.converters.mappings.wants import want_of
from rerun_bridge.converters.row_maker import frame_entries
from rerun_bridge.converters.transforms import connect_entries
from rerun_bridge.errors import MappingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rerun_bridge.archetypes import Archetype
    from rerun_bridge.cdr import Definitions, Message
    from rerun_bridge.converters.base import Topic
    from rerun_bridge.converters.mappings.columns import Items
    from rerun_bridge.converters.mappings.field_paths import FieldPath
    from rerun_bridge.converters.mappings.specification import Output, Template
    from rerun_bridge.encodings import Layout


class OutputPlan:
    """
    How to make an output of messages of one type.

    Parameters
    ----------
    output
        What to make.
    type_name
        ``pkg/msg/Type``.
    definitions
        Of the type and of those it contains.
    names
        Texts for the numbers in fields.

    Attributes
    ----------
    output
        What it makes.
    has_many_entities
        Whether the elements of `each` go to entities of their own.

    Raises
    ------
    MappingError
        If the type has not what the output names; tells the line.

    """

    def __init__(
        self,
        output: Output,
        type_name: str,
        definitions: Definitions,
        names: Mapping[str, Mapping[Any, str]],
    ) -> None:
        self.output = output
        element_type = None
        self._items_of: Callable[[Message], Items] = lambda message: (message,)
        if output.each is not None:
            self._items_of, element_type = _each(output, output.each, type_name, definitions)
        compiler = Compiler(type_name, element_type, definitions, names)
        self._makers = {
            argument: compiler.maker(source, want_of(output.archetype, argument))
            for argument, source in output.fields.items()
        }
        self._entity = [compiler.template(part, output.where) for part in _parts(output.entity)]
        self.has_many_entities = any(part.is_per_item for part in self._entity)
        if output.archetype is Transform3D and element_type and not self.has_many_entities:
            msg = (
                f'{output.where}: an entity holds one transform; give "entity:" a field of the '
                'elements'
            )
            raise MappingError(msg)

    def rows(self, message: Message) -> Iterator[tuple[str, dict[str, Any]]]:
        """
        Read a message.

        Parameters
        ----------
        message
            Of the type.

        Yields
        ------
        path : str
            Below the topic.
        values : dict
            The arguments of the archetype.

        """
        items = self._items_of(message)
        values = {name: maker.make(items, message) for name, maker in self._makers.items()}
        parts = [part.make(items, message) for part in self._entity]
        if not self.has_many_entities:
            yield child_path(*(part[0] for part in parts)), values
            return
        count = len(items)
        columns = (part if len(part) == count else part * count for part in parts)
        numbers: dict[str, list[int]] = {}
        for number, names in enumerate(zip(*columns)):  # noqa: B905 - as many in each
            numbers.setdefault(child_path(*names), []).append(number)
        for path, chosen in numbers.items():
            yield (
                path,
                {
                    name: _pick(value, chosen) if self._makers[name].is_per_item else value
                    for name, value in values.items()
                },
            )


class OutputState:
    """
    Makes the entries of an output of one topic.

    Parameters
    ----------
    plan
        How to read messages.
    topic
        The topic.

    """

    def __init__(self, plan: OutputPlan, topic: Topic) -> None:
        self._plan = plan
        self._topic = topic
        self._shown: dict[str, Layout] = {}
        self._static: dict[str, tuple[object, Archetype]] = {}

    def entries(
        self, message: Message, frame_id: str, stamps: Sequence[int] | None
    ) -> Iterator[Entry]:
        """
        Make the entries of a message.

        Parameters
        ----------
        message
            Of the plan's type.
        frame_id
            The frame that the output is in; empty for none.
        stamps
            The time of the message; None for that of its header.

        Yields
        ------
        Entry
            What is there, and the end of what was there in the message before.

        """
        output = self._plan.output
        names = series(*output.series) if output.series else None
        found = {}
        for path, values in self._plan.rows(message):
            if names is not None:
                yield Entry(names, path, is_static=True)
            columns: Archetype = output.archetype(**values)
            found[path] = columns.layout
            if output.is_static:
                # The frame is not: it begins with the first message.
                yield from (each._replace(stamps=stamps) for each in frame_entries(frame_id, path))
                yield Entry(self._kept(path, columns), path, is_static=True)
            else:
                yield Entry(columns, path, frame_id=frame_id, stamps=stamps)
            if output.archetype is Transform3D:
                yield from self._roots(values)
        if self._plan.has_many_entities and not output.is_static:
            for path in self._shown.keys() - found.keys():
                yield Entry(cleared(self._shown[path]), path, stamps=stamps)
            self._shown = found

    def _kept(self, path: str, columns: Archetype) -> Archetype:
        """Return the object of before if it is the same, so that it is logged once."""
        key = columns.layout, _key(columns.datas)
        if path not in self._static or self._static[path][0] != key:
            self._static[path] = key, columns
        return self._static[path][1]

    def _roots(self, values: Mapping[str, Any]) -> Iterator[Entry]:
        parents, children = (
            [made] if isinstance(made, str) else made
            for made in (values.get('parent_frame', ()), values.get('child_frame', ()))
        )
        for parent, child in zip(parents, children):  # noqa: B905 - one of each, or none
            yield from connect_entries(self._topic, parent, child)


def _each(
    output: Output, path: FieldPath, type_name: str, definitions: Definitions
) -> tuple[Callable[[Message], Items], str]:
    """Return the function that finds the elements in a message, and their type."""
    with at(output.where):
        found = find_field(path, type_name, definitions)
        if not found.arrays or found.steps or not isinstance(found.kind, Nested):
            msg = f'each: {path.text} is no array of structs; name numbers below fields:'
            raise MappingError(msg)
    first, *others = [getter(steps, ()) for steps in found.arrays]

    def items_of(message: Message) -> Items:
        items: Items = first(message)
        for get in others:
            items = [inner for item in items for inner in get(item)]
        return items

    return items_of, found.kind.type_name


def _parts(template: Template) -> list[Template]:
    """Split the text for an entity at its slashes."""
    parts: list[Template] = [()]
    for piece in template:
        if not isinstance(piece, str):
            parts[-1] = (*parts[-1], piece)
            continue
        first, *others = piece.split('/')
        parts[-1] = (*parts[-1], first)
        parts += [(text,) for text in others]
    return [part for part in parts if any(part)]


def _pick(values: Any, numbers: list[int]) -> Any:  # noqa: ANN401 - arrays and lists
    if isinstance(values, np.ndarray):
        return values[numbers]
    return [values[number] for number in numbers]


def _key(data: Any) -> object:  # noqa: ANN401 - whatever encodings make
    """Make what tells encoded values apart."""
    if isinstance(data, np.ndarray):
        return data.tobytes()
    return tuple(map(_key, data)) if isinstance(data, (list, tuple)) else data
