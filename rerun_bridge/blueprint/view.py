# SPDX-License-Identifier: Apache-2.0
"""What all views have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, TYPE_CHECKING
from uuid import UUID, uuid4

from rerun_bridge.blueprint.layout import (
    ActiveVisualizers,
    row,
    ViewBlueprint,
    ViewContents,
    VisualizerInstruction,
)
from rerun_bridge.blueprint.schema import BlueprintArchetype

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rerun_bridge.archetypes.likes import Texts
    from rerun_bridge.blueprint.layout import Row


Properties = dict[str, type[Any]]


@dataclass(kw_only=True, eq=False)
class View:
    """
    A view of some entities; use one of its subclasses.

    Attributes
    ----------
    class_identifier
        What kind of view it is.
    origin
        Path of the entity that is the origin of the view.
    contents
        Which entities it shows: expressions such as ``$origin/**`` and ``- /secret``.
    name
        For people.
    visible, titlebar
        Whether it is shown, and its title.
    defaults
        Archetypes or batches for entities that do not have their components.
    overrides
        From paths to archetypes, `Visualizer` or `EntityBehavior`, one or several: how the
        entities are drawn here.
    properties
        From names to archetypes of blueprints.

    """

    PROPERTIES: ClassVar[Properties] = {}

    class_identifier: str
    origin: str = '/'
    contents: Texts | ViewContents = '$origin/**'
    name: str | None = None
    visible: bool | None = None
    titlebar: bool | None = None
    properties: Mapping[str, Any] | None = None
    defaults: Iterable[Any] | None = None
    overrides: Mapping[str, Any] | None = None
    id: UUID = field(init=False, default_factory=uuid4)

    def blueprint_path(self) -> str:
        """Return the path of the view in the blueprint store."""
        return f'view/{self.id}'

    def describe(self) -> Iterator[Row]:
        """
        Describe the view.

        Yields
        ------
        tuple
            Path in the blueprint store and columns.

        """
        path = f'/{self.blueprint_path()}'
        contents = self.contents
        yield row(
            f'{path}/ViewContents',
            contents if isinstance(contents, ViewContents) else ViewContents(contents),
        )
        yield row(
            path,
            ViewBlueprint(
                self.class_identifier,
                display_name=self.name,
                space_origin=self.origin,
                visible=self.visible,
                titlebar=self.titlebar,
            ),
        )
        for name, value in self._all_properties().items():
            yield row(f'{path}/{name}', value)
        for value in self.defaults or ():
            yield row(f'{path}/defaults', value)
        for entity_path, value in (self.overrides or {}).items():
            entity = str(entity_path).removeprefix('/')
            base = f'{path}/ViewContents/overrides/{entity}/visualizers'
            yield from _override_rows(base, value)

    def _all_properties(self) -> dict[str, Any]:
        """Return the properties that are set, by the names of their archetypes."""
        found = dict(self.properties or {})
        for name in (attribute.name for attribute in fields(self)):
            archetype = self.PROPERTIES.get(name)
            value = getattr(self, name)
            if archetype is not None and value is not None:
                as_is = hasattr(value, 'as_component_batches')
                found[archetype.__name__] = value if as_is else archetype(value)
        return found


def _override_rows(base: str, value: Any) -> Iterator[Row]:  # noqa: ANN401
    ids = []
    for item in value if isinstance(value, Iterable) else [value]:
        if isinstance(item, BlueprintArchetype):
            yield row(base, item)
            continue
        visualizer = item.visualizer() if hasattr(item, 'visualizer') else item
        instruction = VisualizerInstruction(
            visualizer.visualizer_type, component_map=visualizer.mappings
        )
        ids.append(list(visualizer.id.bytes))
        yield row(f'{base}/{visualizer.id}', instruction)
        if visualizer.overrides:
            yield row(f'{base}/{visualizer.id}', visualizer.overrides)
    if ids:
        yield row(base, ActiveVisualizers(ids))
