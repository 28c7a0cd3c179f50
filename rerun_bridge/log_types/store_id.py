# SPDX-License-Identifier: Apache-2.0
"""Which recording (or blueprint) a message belongs to."""

from __future__ import annotations

from enum import IntEnum
import re
from typing import NamedTuple

from rerun_bridge.errors import UsageError

_FORBIDDEN = re.compile(r'[^A-Za-z0-9_\- \[\]:]')
_MAX_APPLICATION_ID_BYTES = 180


class StoreKind(IntEnum):
    """What a store holds; the numbers are those of the wire."""

    RECORDING = 1
    BLUEPRINT = 2


class StoreId(NamedTuple):
    """
    Identity of a recording or blueprint.

    Attributes
    ----------
    kind
        Recording or blueprint.
    recording_id
        Any text; streams with the same one are merged by the viewer.
    application_id
        Plain name, see `sanitize_application_id`.

    """

    kind: StoreKind
    recording_id: str
    application_id: str


def sanitize_application_id(name: str) -> str:
    """
    Make a name that the viewer takes as it is.

    The viewer allows ASCII letters, digits and ``_ - space [ ] :`` and renames everything else
    by a rule nobody can foresee; here every other character becomes ``-``.

    Parameters
    ----------
    name
        What the user chose, for instance a node name with slashes.

    Returns
    -------
    str
        At most 180 characters.

    Raises
    ------
    UsageError
        If the name is empty.

    """
    if not name:
        msg = 'the application id is empty; give the recording a name'
        raise UsageError(msg)
    return _FORBIDDEN.sub('-', name)[:_MAX_APPLICATION_ID_BYTES]
