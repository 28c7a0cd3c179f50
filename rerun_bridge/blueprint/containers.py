# SPDX-License-Identifier: Apache-2.0
"""Containers: views side by side, one above the other, in a grid, in tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from rerun_bridge.blueprint.enums import ContainerKind
from rerun_bridge.blueprint.layout import ContainerBlueprint, row
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rerun_bridge.archetypes.likes import Numbers
    from rerun_bridge.blueprint.layout import Row
    from rerun_bridge.blueprint.view import View


class Container:
    """
    A container; use one of its subclasses.

    Parameters
    ----------
    args, contents
        Views and containers, one way or the other.
    kind
        `ContainerKind`.
    column_shares, row_shares
        How the room is divided: [2, 1] for two thirds and one third.
    grid_columns
        How many columns a grid has.
    active_tab
        Number or name of the tab that is open.
    name
        For people.
    visible
        Whether it is shown.

    Raises
    ------
    UsageError
        If the contents are given twice.

    """

    def __init__(
        self,
        *args: Container | View,
        contents: Iterable[Container | View] | None = None,
        kind: ContainerKind | str | int,
        column_shares: Numbers | None = None,
        row_shares: Numbers | None = None,
        grid_columns: int | None = None,
        active_tab: int | str | None = None,
        name: str | None = None,
        visible: bool | None = None,
    ) -> None:
        if args and contents is not None:
            msg = 'the contents are given twice; leave contents= out'
            raise UsageError(msg)
        self.contents = list(args if contents is None else contents)
        self.id = uuid4()
        self.kind = kind
        self.column_shares = column_shares
        self.row_shares = row_shares
        self.grid_columns = grid_columns
        self.active_tab = active_tab
        self.name = name
        self.visible = visible

    def blueprint_path(self) -> str:
        """Return the path of the container in the blueprint store."""
        return f'container/{self.id}'

    def describe(self) -> Iterator[Row]:
        """
        Describe the container and all that is in it.

        Yields
        ------
        tuple
            Path in the blueprint store and columns.

        Raises
        ------
        UsageError
            If there is no such tab.

        """
        for part in self.contents:
            yield from part.describe()
        yield row(
            f'/{self.blueprint_path()}',
            ContainerBlueprint(
                self.kind,
                display_name=self.name,
                contents=[part.blueprint_path() for part in self.contents],
                col_shares=self.column_shares,
                row_shares=self.row_shares,
                active_tab=None if self.active_tab is None else self._active_path(),
                visible=self.visible,
                grid_columns=self.grid_columns,
            ),
        )

    def _active_path(self) -> str:
        for index, part in enumerate(self.contents):
            if self.active_tab in {index, part.name}:
                return part.blueprint_path()
        msg = f'there is no tab {self.active_tab!r}; give the number or name of one'
        raise UsageError(msg)


class Horizontal(Container):
    """
    Contents side by side.

    Parameters
    ----------
    args, contents, column_shares, name, visible
        As in `Container`.

    """

    def __init__(
        self,
        *args: Container | View,
        contents: Iterable[Container | View] | None = None,
        column_shares: Numbers | None = None,
        name: str | None = None,
        visible: bool | None = None,
    ) -> None:
        super().__init__(
            *args,
            contents=contents,
            kind=ContainerKind.Horizontal,
            column_shares=column_shares,
            name=name,
            visible=visible,
        )


class Vertical(Container):
    """
    Contents one above the other.

    Parameters
    ----------
    args, contents, row_shares, name, visible
        As in `Container`.

    """

    def __init__(
        self,
        *args: Container | View,
        contents: Iterable[Container | View] | None = None,
        row_shares: Numbers | None = None,
        name: str | None = None,
        visible: bool | None = None,
    ) -> None:
        super().__init__(
            *args,
            contents=contents,
            kind=ContainerKind.Vertical,
            row_shares=row_shares,
            name=name,
            visible=visible,
        )


class Grid(Container):
    """
    Contents in rows and columns.

    Parameters
    ----------
    args, contents, column_shares, row_shares, grid_columns, name, visible
        As in `Container`.

    """

    def __init__(
        self,
        *args: Container | View,
        contents: Iterable[Container | View] | None = None,
        column_shares: Numbers | None = None,
        row_shares: Numbers | None = None,
        grid_columns: int | None = None,
        name: str | None = None,
        visible: bool | None = None,
    ) -> None:
        super().__init__(
            *args,
            contents=contents,
            kind=ContainerKind.Grid,
            column_shares=column_shares,
            row_shares=row_shares,
            grid_columns=grid_columns,
            name=name,
            visible=visible,
        )


class Tabs(Container):
    """
    Contents one behind the other.

    Parameters
    ----------
    args, contents, active_tab, name, visible
        As in `Container`.

    """

    def __init__(
        self,
        *args: Container | View,
        contents: Iterable[Container | View] | None = None,
        active_tab: int | str | None = None,
        name: str | None = None,
        visible: bool | None = None,
    ) -> None:
        super().__init__(
            *args,
            contents=contents,
            kind=ContainerKind.Tabs,
            active_tab=active_tab,
            name=name,
            visible=visible,
        )
