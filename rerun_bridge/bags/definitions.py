# SPDX-License-Identifier: Apache-2.0
"""
Where the definitions of recorded messages come from.

The bag itself, else the sourced workspace, else a folder that the user names, else what rosbags
knows of the ROS distribution. A type may contain types from another place.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from itertools import chain
from typing import Any, TYPE_CHECKING

from rerun_bridge.cdr import definitions_of_store, types_of_idl, types_of_msg, types_of_srv
from rerun_bridge.errors import UnsupportedTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from rerun_bridge.bags.model import RecordedTopic
    from rerun_bridge.cdr import Definitions, Types


class DefinitionFinder:
    """
    Finds definitions.

    Parameters
    ----------
    prefixes
        Of sourced workspaces, as in ``AMENT_PREFIX_PATH``.
    folder
        Holds ``.msg``, ``.idl`` or ``.srv`` files as ``package/msg/Type.msg``, at any depth.

    Raises
    ------
    UnsupportedTypeError
        If the rosbags library is not installed.

    """

    def __init__(self, prefixes: Iterable[Path] = (), folder: Path | None = None) -> None:
        try:
            import rosbags.typesys  # noqa: F401, PLC0415 - optional
        except ImportError as exc:
            msg = "reading bags takes the rosbags library; run: pip install 'rerun_bridge[bags]'"
            raise UnsupportedTypeError(msg) from exc
        self._places: list[Types] = [
            _FileTypes(partial(_installed, prefix)) for prefix in prefixes
        ]
        if folder is not None:
            index = _index_of(folder)
            self._places.append(_FileTypes(index.get))

    def find(self, topic: RecordedTopic) -> Definitions:
        """
        Find the definitions of a topic's type and of all types it contains.

        Parameters
        ----------
        topic
            Of any file.

        Returns
        -------
        Definitions
            Complete.

        Raises
        ------
        UnsupportedTypeError
            If there is none, or one that cannot be read.

        """
        name = topic.type_name
        recorded = _recorded_types(name, topic.definition, topic.definition_format)
        try:
            return definitions_of_store(_Store(recorded, *self._places), name)
        except UnsupportedTypeError:
            # Not earlier: what rosbags knows takes long to load.
            known = _known_types(topic.distribution)
        last = _without_fields(topic)
        try:
            return definitions_of_store(_Store(recorded, *self._places, known, last), name)
        except UnsupportedTypeError as exc:
            msg = (
                f'{exc}: record with definitions, source the workspace that has the type, or '
                'name a folder with its .msg file by --definitions'
            )
            raise UnsupportedTypeError(msg) from exc


class _Store:
    """What `definitions_of_store` takes: several places as one."""

    def __init__(self, *places: Types) -> None:
        self.fielddefs = _Union(places)


class _Union(Mapping[str, Any]):
    """Types of several places; the first that has one decides."""

    def __init__(self, places: Sequence[Types]) -> None:
        self._places = places

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - as rosbags has it
        for place in self._places:
            if name in place:
                return place[name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._places)

    def __len__(self) -> int:
        return sum(map(len, self._places))


class _FileTypes(Mapping[str, Any]):
    """Types in files, each read when it is asked for."""

    def __init__(self, find: Callable[[str], Path | None]) -> None:
        self._find = find
        self._types: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - as rosbags has it
        if name not in self._types:
            path = self._find(name)
            if path is None:
                raise KeyError(name)
            text = path.read_text(encoding='utf-8', errors='replace')
            self._types.update(_PARSERS[path.suffix](name, text))
        return self._types[name]

    def __contains__(self, name: object) -> bool:
        try:
            self[str(name)]
        except (KeyError, OSError, UnsupportedTypeError):
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)


def _installed(prefix: Path, name: str) -> Path | None:
    package, _, rest = name.partition('/')
    place = prefix / 'share' / package
    if _is_event(name):
        rest = rest.removesuffix(_EVENT)
    for suffix in (_SRV,) if _is_event(name) else _PARSERS:
        path = place / f'{rest}{suffix}'
        if path.is_file():
            return path
    return None


def _is_event(name: str) -> bool:
    """Tell whether a type is that of the events of a service, which a .srv file defines."""
    return '/srv/' in name and name.endswith(_EVENT)


def _index_of(folder: Path) -> dict[str, Path]:
    index: dict[str, Path] = {}
    for suffix in reversed(tuple(_PARSERS)):
        namespace, ending = ('srv', _EVENT) if suffix == _SRV else ('msg', '')
        for path in folder.rglob(f'*{suffix}'):
            where = path.parent
            package = where.parent.name if where.name == namespace else where.name
            index[f'{package}/{namespace}/{path.stem}{ending}'] = path
    return index


_SRV, _EVENT = '.srv', '_Event'
_PARSERS: Mapping[str, Callable[[str, str], Types]] = {
    '.msg': types_of_msg,
    '.idl': types_of_idl,
    _SRV: types_of_srv,
}
_FORMATS = {'ros2msg': '.msg', 'ros2idl': '.idl', 'omgidl': '.idl'}


def _recorded_types(name: str, text: str, text_format: str) -> Types:
    # Recorders do not always know the format of services.
    suffix = _SRV if _is_event(name) else _FORMATS.get(text_format)
    if not text.strip() or suffix is None:
        return {}
    try:
        return _PARSERS[suffix](name, text)
    except UnsupportedTypeError:
        return {}


def _without_fields(topic: RecordedTopic) -> Types:
    """Take no text for a type without fields, where that cannot mean that there is none."""
    has_none = topic.definition_format == 'ros2msg' and not topic.definition.strip()
    return {topic.type_name: ((), ())} if has_none else {}


@lru_cache(maxsize=8)
def _known_types(distribution: str) -> Types:
    from rosbags.typesys import get_typestore, Stores  # noqa: PLC0415 - optional

    names = {store.value: store for store in Stores}
    types: Types = get_typestore(names.get(f'ros2_{distribution}', Stores.LATEST)).fielddefs
    return types
