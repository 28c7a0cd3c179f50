# SPDX-License-Identifier: Apache-2.0
"""YAML files as trees that know where in the file each value stands."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, NamedTuple, TYPE_CHECKING

import yaml

from rerun_bridge.errors import MappingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BOOL = 'tag:yaml.org,2002:bool'
_MAX_VALUES = 100_000


class _PlacedError(MappingError):
    """An error that tells where it is."""


@contextmanager
def at(where: str) -> Iterator[None]:
    """
    Say where in a file an error is, unless that is said already.

    Parameters
    ----------
    where
        File and line.

    Raises
    ------
    MappingError
        Every one that was raised inside, with the place before it.

    """
    try:
        yield
    except _PlacedError:
        raise
    except MappingError as exc:
        msg = f'{where}: {exc}'
        raise _PlacedError(msg) from exc


class Node(NamedTuple):
    """
    A value in a file.

    Attributes
    ----------
    value
        A list of nodes, a dict from keys to nodes, or what YAML makes of anything else.
    where
        File and line.

    """

    value: Any
    where: str

    def error(self, text: str) -> MappingError:
        """
        Say what is wrong here.

        Parameters
        ----------
        text
            The fact and the fix.

        Returns
        -------
        MappingError
            To be raised.

        """
        return _PlacedError(f'{self.where}: {text}')

    def plain(self) -> Any:  # noqa: ANN401 - whatever YAML can say
        """Return the value without places."""
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        return self.value


# Takes true and false for truth values, and off, on, no and yes for the texts they are.
_Loader = type(
    '_Loader',
    (yaml.SafeLoader,),
    {
        'yaml_implicit_resolvers': {
            first: [item for item in items if item[0] != _BOOL or first in 'tTfF']
            for first, items in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }
    },
)


def read_document(path: Path) -> Node:
    """
    Read a file.

    Parameters
    ----------
    path
        Of YAML.

    Returns
    -------
    Node
        Its only document; None if the file is empty.

    Raises
    ------
    MappingError
        If the file cannot be read, is no YAML or repeats a key.

    """
    try:
        text = path.read_text(encoding='utf-8')
    except (OSError, UnicodeDecodeError) as exc:
        msg = f'{path} cannot be read: {exc}'
        raise MappingError(msg) from exc
    loader = _Loader(text)
    loader.name = path.name
    try:
        root = loader.get_single_node()
        return Node(None, path.name) if root is None else _Builder(loader, path.name).build(root)
    except (yaml.YAMLError, RecursionError) as exc:
        msg = f'{path} is no YAML: {exc}'
        raise MappingError(msg) from exc
    finally:
        loader.dispose()


class _Builder:
    def __init__(self, loader: yaml.SafeLoader, name: str) -> None:
        self._loader = loader
        self._name = name
        self._num_values = 0

    def build(self, node: yaml.Node) -> Node:
        found = Node(None, f'{self._name}, line {node.start_mark.line + 1}')
        self._num_values += 1
        if self._num_values > _MAX_VALUES:
            msg = 'there are too many values; use fewer aliases'
            raise found.error(msg)
        if isinstance(node, yaml.SequenceNode):
            return found._replace(value=[self.build(each) for each in node.value])
        if not isinstance(node, yaml.MappingNode):
            return found._replace(value=self._loader.construct_object(node))
        values: dict[Any, Node] = {}
        for key_node, value_node in node.value:
            key = self._loader.construct_object(key_node, deep=True)
            if not isinstance(key, (str, int, float)) or key in values:
                msg = f'the key {key!r} is given twice, or is no text or number'
                raise self.build(key_node).error(msg)
            values[key] = self.build(value_node)
        return found._replace(value=values)
