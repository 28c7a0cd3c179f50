# SPDX-License-Identifier: Apache-2.0
"""
Base of the archetypes of Rerun's schema.

A subclass finds its components in the schema by its name. If it writes no constructor, it lists
the parameters in its body, as a dataclass does, and gets one; the values are not kept as
attributes but encoded at once.
"""

from __future__ import annotations

from inspect import get_annotations, Parameter, Signature
from typing import Any, ClassVar, TYPE_CHECKING

from rerun_bridge.archetypes.base import Archetype, write_setter
from rerun_bridge.archetypes.batches import DescribedBatch
from rerun_bridge.archetypes.columns import ComponentColumn, ComponentColumnList
from rerun_bridge.archetypes.schema import SCHEMA, Schema
from rerun_bridge.archetypes.visualizer import Visualizer, visualizer_name
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from typing_extensions import dataclass_transform, Self
else:

    def dataclass_transform():  # noqa: ANN201, D103 - for type checkers only
        return lambda cls: cls


@dataclass_transform()
class SchemaArchetype(Archetype):
    """
    An archetype with the name and the fields that Rerun's schema gives it.

    Attributes
    ----------
    SCHEMA
        Where to look; a subclass with one of its own is a base again.

    """

    SCHEMA: ClassVar[Schema] = SCHEMA

    def __init_subclass__(cls) -> None:
        """Look the components up and make the constructor."""
        is_base = 'SCHEMA' in cls.__dict__
        if not is_base:
            cls.FIELDS = cls.SCHEMA.fields_of(cls.__name__)
        super().__init_subclass__()
        if is_base:
            return
        if '__init__' not in cls.__dict__:
            cls.__init__ = _make_init(cls)  # type: ignore[method-assign]

    @classmethod
    def from_fields(cls, *, clear_unset: bool = False, **fields: Any) -> Self:  # noqa: ANN401
        """
        Update some fields and leave the others as they were logged before.

        Parameters
        ----------
        clear_unset
            Clear the other fields instead.
        fields
            By their names in the schema (see `FIELDS`).

        Returns
        -------
        Archetype
            With these fields.

        Raises
        ------
        UsageError
            If there is no such field or its value does not fit.

        """
        cls._check_names(fields)
        if clear_unset:
            given = {name: value for name, value in fields.items() if value is not None}
            fields = {**{name: [] for name in cls.FIELDS}, **given}
        archetype = cls.__new__(cls)
        archetype._set(**fields)  # noqa: SLF001 - our own
        return archetype

    @classmethod
    def cleared(cls) -> Self:
        """Clear all fields."""
        return cls.from_fields(clear_unset=True)

    @classmethod
    def columns(cls, **fields: Any) -> ComponentColumnList:  # noqa: ANN401
        """
        Make columns for `send_columns`.

        Parameters
        ----------
        fields
            By their names in the schema (see `FIELDS`); every item along the first axis is a row.

        Returns
        -------
        ComponentColumnList
            One column for each field; `partition` distributes the instances to other rows.

        Raises
        ------
        UsageError
            If there is no such field or its value does not fit.

        """
        cls._check_names(fields)
        return ComponentColumnList(
            ComponentColumn.of(cls.FIELDS[name], value)
            for name, value in fields.items()
            if value is not None
        )

    def as_component_batches(self) -> list[DescribedBatch]:
        """Return the components, as rerun-sdk's archetypes do."""
        return [
            DescribedBatch(component, data)
            for component, data in zip(self.layout.components, self.datas)  # noqa: B905
        ]

    def visualizer(self, *, mappings: Sequence[Any] | None = None) -> Visualizer:
        """
        Draw an entity with these values, for the overrides of a view.

        Parameters
        ----------
        mappings
            Where other components come from (`VisualizerComponentMapping`).

        Returns
        -------
        Visualizer
            With the components of this archetype as overrides.

        """
        return Visualizer(
            visualizer_name(type(self).__name__),
            overrides=self.as_component_batches(),
            mappings=mappings,
        )

    @classmethod
    def _check_names(cls, fields: dict[str, Any]) -> None:
        if fields.keys() <= cls.FIELDS.keys():
            return
        unknown = ', '.join(sorted(fields.keys() - cls.FIELDS))
        msg = f'{cls.__name__} has no field {unknown}; its fields are {", ".join(cls.FIELDS)}'
        raise UsageError(msg)


def _make_init(cls: type[SchemaArchetype]) -> Callable[..., None]:
    """Make a constructor that writes itself when it is needed, in the manner of dataclasses."""
    myself = Parameter('self', Parameter.POSITIONAL_OR_KEYWORD)
    signature = Signature([myself, *_parameters_of(cls)])
    # Defaults are None; annotations are texts, which a signature would quote.
    plain = [p.replace(annotation=Parameter.empty) for p in signature.parameters.values()]
    annotations = get_annotations(cls)

    def __init__(self: SchemaArchetype, *args: Any, **kwargs: Any) -> None:  # noqa: N807, ANN401
        parameters = str(Signature(plain))[1:-1].split(', ')
        init = cls.__init__ = write_setter(cls, '__init__', parameters)  # type: ignore[method-assign]
        init.__annotations__ = annotations
        init(self, *args, **kwargs)

    __init__.__signature__ = signature  # type: ignore[attr-defined]
    return __init__


def _parameters_of(cls: type[SchemaArchetype]) -> list[Parameter]:
    parameters = []
    is_keyword_only = False
    for name, annotation in get_annotations(cls).items():
        if name == '_':  # as dataclasses.KW_ONLY
            is_keyword_only = True
            continue
        kind = Parameter.KEYWORD_ONLY if is_keyword_only else Parameter.POSITIONAL_OR_KEYWORD
        default = cls.__dict__.get(name, Parameter.empty)
        if default is not Parameter.empty:
            delattr(cls, name)
        parameters.append(Parameter(name, kind, default=default, annotation=annotation))
    return parameters
