# SPDX-License-Identifier: Apache-2.0
"""What all archetypes share: named fields that become encoded columns."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple, TYPE_CHECKING

from rerun_bridge.encodings import Component, Layout
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


# What NumPy, pyarrow and Python raise when a value is of a wrong kind.
MISFITS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def misfit(component: str, reason: Exception) -> UsageError:
    """
    Say which component got a value that it cannot take.

    Parameters
    ----------
    component
        For instance ``Points3D:positions``.
    reason
        What its encoding raised.

    Returns
    -------
    UsageError
        To be raised.

    """
    return UsageError(f'{component}: {reason}')


class Columns(NamedTuple):
    """
    Encoded values of one row, or of many rows with `lengths`.

    Attributes
    ----------
    layout
        Which components.
    datas
        What each component's encoding made of its values, in the order of the layout.

    """

    layout: Layout
    datas: tuple[Any, ...]


class Archetype:
    """
    Base of all archetypes.

    Subclasses name their components in `FIELDS` and call `_set` in their constructor.

    Attributes
    ----------
    layout
        The components that were given a value.
    datas
        Their encoded values, in the order of the layout.

    """

    __slots__ = ('datas', 'layout')
    FIELDS: ClassVar[Mapping[str, Component]] = {}

    layout: Layout
    datas: tuple[Any, ...]

    def __init_subclass__(cls) -> None:
        """Let a class whose fields are others have a `_set` of its own."""
        cls._set = Archetype._set  # type: ignore[method-assign]

    def _set(self, **values: Any) -> None:  # noqa: ANN401 - whatever the fields take
        """Encode the values of fields; None for those that are not given."""
        cls = type(self)
        keywords = ['*', *(f'{name}=None' for name in cls.FIELDS)] if cls.FIELDS else []
        cls._set = write_setter(cls, '_set', ['self', *keywords])  # type: ignore[method-assign]
        self._set(**values)

    def __repr__(self) -> str:
        """Name the archetype and the number of instances of each component."""
        counts = ', '.join(
            f'{component.name.rpartition(":")[2]}: {component.encoding.count(data)}'
            for component, data in zip(self.layout.components, self.datas)  # noqa: B905
        )
        return f'{type(self).__name__}({counts})'


def write_setter(
    cls: type[Archetype], method: str, signature: Sequence[str]
) -> Callable[..., None]:
    """
    Write a method that encodes values as one would by hand: it runs with every row that is logged.

    Parameters
    ----------
    cls
        Whose fields; none of them begins with an underscore.
    method
        Its name.
    signature
        In Python: ``self`` and fields, which are None where they are not given.

    Returns
    -------
    function
        That sets `datas` and `layout`, or raises UsageError where a value does not fit.

    """
    names = {parameter.partition('=')[0] for parameter in signature} - {'self', '*'}
    fields = ((name, cls.FIELDS[name]) for name in names)
    in_order = sorted(fields, key=lambda item: item[1].name)
    layouts: dict[int, Layout] = {}

    def layout_of(given: int) -> Layout:
        chosen = (field for i, (_, field) in enumerate(in_order) if given & 1 << i)
        return layouts.setdefault(given, Layout.of(chosen))

    namespace: dict[str, Any] = {
        'LAYOUTS': layouts,
        'LAYOUT_OF': layout_of,
        'MISFITS': MISFITS,
        'MISFIT': misfit,
        **{f'COERCE_{i}': field.encoding.coerce for i, (_, field) in enumerate(in_order)},
    }
    lines = [
        f'def {method}({", ".join(signature)}):',
        '    _given, _datas = 0, []',
        '    _name = ""',
        '    try:',
        '        pass',
    ]
    for i, (name, _) in enumerate(in_order):
        lines += [
            f'        if {name} is not None:',
            f'            _name = {name!r}',
            f'            _datas.append(COERCE_{i}({name}))',
            f'            _given += {1 << i}',
        ]
    lines += [
        '    except MISFITS as exc:',
        f'        raise MISFIT(f"{cls.__name__}:{{_name}}", exc) from exc',
        '    self.datas = tuple(_datas)',
        '    self.layout = LAYOUTS.get(_given) or LAYOUT_OF(_given)',
    ]
    exec('\n'.join(lines), namespace)  # noqa: S102 - of names of our own
    function: Callable[..., None] = namespace[method]
    function.__qualname__ = f'{cls.__qualname__}.{method}'
    return function
