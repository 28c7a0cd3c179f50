# SPDX-License-Identifier: Apache-2.0
"""All mappings that a user has chosen, and which of them is for a topic."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from rerun_bridge.converters.base import Converter
from rerun_bridge.converters.mappings.document import read_document
from rerun_bridge.converters.mappings.parsing import parse_mapping
from rerun_bridge.converters.mappings.plan import Plan
from rerun_bridge.errors import hint, MappingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rerun_bridge.converters.base import Topic
    from rerun_bridge.converters.mappings.specification import MessageMapping

_log = logging.getLogger('rerun_bridge.converters')
DEFAULT_MAPPINGS = ('autoware', 'can', 'px4', 'xsens')
"""Names of files that come with the package."""
_SUFFIXES = ('.yaml', '.yml')
_PACKAGE = Path(__file__).resolve().parents[2]
_SHIPPED = 'config/mappings'


class Mappings:
    """
    Chooses the mapping for a topic: the last one that fits.

    Parameters
    ----------
    mappings
        In this order.

    """

    def __init__(self, mappings: Sequence[MessageMapping] = ()) -> None:
        self._mappings = mappings
        self._misfits: set[tuple[str, str]] = set()

    @property
    def type_names(self) -> frozenset[str]:
        """Get the types that have a mapping of their own."""
        return frozenset(each.type_name for each in self._mappings if each.type_name)

    def converter(self, topic: Topic) -> Converter | None:
        """
        Find the converter of a topic.

        Parameters
        ----------
        topic
            With its definitions.

        Returns
        -------
        Converter or None
            None if no mapping is for this topic. There is a warning, once, about one that is but
            does not fit the type; then another one may.

        """
        for mapping in reversed(self._mappings):
            if mapping.fits(topic.name, topic.type_name):
                try:
                    plan = Plan(mapping, topic.type_name, topic.definitions)
                except MappingError as exc:
                    self._warn(mapping, topic.type_name, exc)
                else:
                    return Converter(plan.factory, frame='none')
        return None

    def _warn(self, mapping: MessageMapping, type_name: str, exc: MappingError) -> None:
        key = mapping.where, type_name
        if key not in self._misfits:
            self._misfits.add(key)
            _log.warning('the mapping of %s is left out: %s', type_name, exc)


def load_mappings(names: Iterable[str]) -> Mappings:
    """
    Read files of mappings.

    Parameters
    ----------
    names
        Files, folders of them, or names of those that come with the package.

    Returns
    -------
    Mappings
        All of them; there is a warning about each that says what cannot be, which is left out.

    Raises
    ------
    MappingError
        If there is no such file, or it is no list in YAML.

    """
    return Mappings(
        [mapping for name in names for path in _files(name) for mapping in _read(path)]
    )


def shipped(name: str) -> Path:
    """
    Find what comes with the package: in its sources, or in the share folder of its prefix.

    Parameters
    ----------
    name
        Of a file or folder, for instance ``config/fast_dds.xml``.

    Returns
    -------
    Path
        Where it is.

    """
    shares = (each / 'share' / _PACKAGE.name / name for each in _PACKAGE.parents)
    sources = _PACKAGE.parent / name
    return sources if sources.exists() else next(filter(Path.exists, shares), sources)


def _read(path: Path) -> Iterator[MessageMapping]:
    document = read_document(path)
    if not isinstance(document.value, list):
        msg = 'there must be a list of mappings; begin each with "- type:"'
        raise document.error(msg)
    for node in document.value:
        try:
            yield parse_mapping(node)
        except MappingError as exc:  # noqa: PERF203 - once per failure
            _log.warning('a mapping is left out: %s', exc)


def _files(name: str) -> list[Path]:
    path = Path(name).expanduser()
    if path.is_dir():
        return sorted(each for each in path.iterdir() if each.suffix in _SUFFIXES)
    if path.is_file():
        return [path]
    known = {each.stem: each for each in shipped(_SHIPPED).glob('*.yaml')}
    if name not in known:
        msg = f'there is no file of mappings {name!r}{hint(name, known)}'
        raise MappingError(msg)
    return [known[name]]
