# SPDX-License-Identifier: Apache-2.0
"""The classes of decoded messages."""

from __future__ import annotations

import keyword
from typing import Any, ClassVar, TYPE_CHECKING

from rerun_bridge.cdr.definitions import attribute_name

if TYPE_CHECKING:
    from rerun_bridge.cdr.definitions import Field


class Message:
    """
    One decoded message, its fields as attributes under their ROS names.

    Numbers are Python numbers, strings are ``str``, arrays and sequences of numbers are read-only
    NumPy views of the received bytes, arrays and sequences of strings are lists, and those of
    messages are :class:`~rerun_bridge.cdr.StructSequence`.
    """

    __slots__: tuple[str, ...] = ()
    ros_type: ClassVar[str]

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # fields are known at run time
            """Fields exist on the generated subclasses."""

    def __repr__(self) -> str:
        """Show the type and all fields."""
        fields = ', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__)
        return f'{type(self).__name__}({fields})'


def message_class(type_name: str, fields: tuple[Field, ...]) -> type[Message]:
    """
    Create the class of one message type.

    Parameters
    ----------
    type_name
        Its name, ``pkg/msg/Type``.
    fields
        Its fields. A field whose name is a Python keyword gets an underscore appended in source,
        and is also reachable by ``getattr`` under its ROS name.

    """
    namespace: dict[str, Any] = {
        '__slots__': tuple(attribute_name(field.name) for field in fields),
        '__doc__': f'A decoded {type_name}.',
        '__module__': __name__,
        'ros_type': type_name,
    }
    created = type(type_name.rsplit('/', 1)[-1], (Message,), namespace)
    for field in fields:
        if keyword.iskeyword(field.name):
            setattr(created, field.name, created.__dict__[attribute_name(field.name)])
    return created
