# SPDX-License-Identifier: Apache-2.0
"""Blueprints: what the window of a viewer shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.blueprint.containers import Container, Tabs
from rerun_bridge.blueprint.layout import row, ViewportBlueprint
from rerun_bridge.blueprint.panels import BlueprintPanel, Panel, SelectionPanel, TimePanel
from rerun_bridge.blueprint.view import View
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.blueprint.layout import Row

_COLLAPSIBLE = (BlueprintPanel, SelectionPanel, TimePanel)


class Blueprint:
    """
    What the window of a viewer shows.

    Parameters
    ----------
    parts
        Views, containers and panels; several views or containers become tabs.
    auto_layout, auto_views
        Whether the viewer lays out, and adds views, as data come; true if `parts` has no views.
    collapse_panels
        Whether panels that are not among the parts are small or hidden.

    Raises
    ------
    UsageError
        If there is something else among the parts, or a panel twice.

    """

    def __init__(
        self,
        *parts: View | Container | Panel,
        auto_layout: bool | None = None,
        auto_views: bool | None = None,
        collapse_panels: bool = False,
    ) -> None:
        contents: list[View | Container] = []
        self.panels: dict[type[Panel], Panel] = {}
        for part in parts:
            if isinstance(part, (View, Container)):
                contents.append(part)
            elif not isinstance(part, Panel):
                msg = f'{part!r} is no part of a blueprint; give views, containers and panels'
                raise UsageError(msg)
            elif self.panels.setdefault(type(part), part) is not part:
                msg = f'there are two of {type(part).__name__}; leave one out'
                raise UsageError(msg)
        if collapse_panels:
            for panel in _COLLAPSIBLE:
                self.panels.setdefault(panel, panel(state='collapsed'))
        self.root_container: Container | None = None
        if contents:
            is_one = len(contents) == 1 and isinstance(contents[0], Container)
            self.root_container = contents[0] if is_one else Tabs(*contents)  # type: ignore[assignment]
        else:
            auto_layout = True if auto_layout is None else auto_layout
            auto_views = True if auto_views is None else auto_views
        self.auto_layout = auto_layout
        self.auto_views = auto_views

    def rows(self) -> Iterator[Row]:
        """
        Describe the blueprint, for timeline ``blueprint`` at 0.

        Yields
        ------
        tuple
            Path in the blueprint store and columns.

        """
        root_id = None
        if self.root_container is not None:
            yield from self.root_container.describe()
            root_id = list(self.root_container.id.bytes)
        yield row(
            '/viewport',
            ViewportBlueprint(
                root_container=root_id,
                auto_layout=self.auto_layout,
                auto_views=self.auto_views,
            ),
        )
        for panel in self.panels.values():
            yield from panel.describe()


def to_blueprint(value: Blueprint | View | Container) -> Blueprint:
    """
    Make a blueprint of what may be one.

    Parameters
    ----------
    value
        A blueprint, a view or a container.

    Returns
    -------
    Blueprint
        A new one around a view or container.

    """
    return value if isinstance(value, Blueprint) else Blueprint(value)
