# SPDX-License-Identifier: Apache-2.0
"""What recorded publishers offered."""

from __future__ import annotations

import re
from typing import Any

_DURABILITY = re.compile(r'\bdurability: *(\S+)')
_LATCHED = frozenset({'1', 'transient_local'})
"""The number of older recorders, the word of newer ones."""
_USUALLY_LATCHED = frozenset({'map', 'robot_description', 'tf_static'})


def is_latched(topic: str, offered: Any) -> bool:  # noqa: ANN401 - as the YAML has it
    """
    Tell whether all publishers kept messages for late subscribers.

    Parameters
    ----------
    topic
        Its name, which decides where a recorder did not note what was offered.
    offered
        ``offered_qos_profiles`` of a bag: YAML text, or a list of dictionaries.

    Returns
    -------
    bool
        As a subscription would have seen it.

    """
    if isinstance(offered, str):
        durabilities = _DURABILITY.findall(offered)
    else:
        profiles = offered if isinstance(offered, list) else []
        durabilities = [str(each['durability']) for each in profiles if 'durability' in each]
    if not durabilities:
        return topic.rpartition('/')[2] in _USUALLY_LATCHED
    return all(each.strip('\'",}').lower() in _LATCHED for each in durabilities)
