# SPDX-License-Identifier: Apache-2.0
"""Which topics the user wants."""

from __future__ import annotations

import re
from typing import NamedTuple, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


class TopicFilter(NamedTuple):
    """
    The user's choice; all patterns are regular expressions that must match in full.

    Attributes
    ----------
    include, exclude
        For names of topics; excluding wins.
    include_types, exclude_types
        For ``pkg/msg/Type``; excluding wins.
    include_hidden
        Whether topics with a part that begins with an underscore count.

    """

    include: tuple[str, ...] = ('.*',)
    exclude: tuple[str, ...] = ()
    include_types: tuple[str, ...] = ('.*',)
    exclude_types: tuple[str, ...] = ()
    include_hidden: bool = False

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> TopicFilter:
        """
        Read the parameters of the group `topics`.

        Parameters
        ----------
        settings
            Checked values by name.

        """
        return cls(
            *(
                value if isinstance(value, bool) else tuple(value)  # type: ignore[arg-type]
                for value in (settings[f'topics.{field}'] for field in cls._fields)
            )
        )

    def accepts(self, topic: str) -> bool:
        """Tell whether the name of a topic is wanted."""
        return (
            (self.include_hidden or not is_hidden(topic))
            and _matches(topic, self.include)
            and not _matches(topic, self.exclude)
        )

    def choose_type(self, types: Iterable[str], preferred: Collection[str]) -> str | None:
        """
        Choose among the types of a topic.

        Parameters
        ----------
        types
            Usually one.
        preferred
            Types that are shown best.

        Returns
        -------
        str or None
            A wanted type, a preferred one if possible; None if no type is wanted.

        """
        wanted = [
            name
            for name in types
            if _matches(name, self.include_types) and not _matches(name, self.exclude_types)
        ]
        return min(wanted, key=lambda name: (name not in preferred, name), default=None)


def is_hidden(topic: str) -> bool:
    """Tell whether ROS's tools hide a topic: a part of its name begins with an underscore."""
    return any(part.startswith('_') for part in topic.split('/'))


def _matches(text: str, patterns: Iterable[str]) -> bool:
    return any(re.fullmatch(pattern, text) for pattern in patterns)
