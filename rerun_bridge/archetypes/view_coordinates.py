# SPDX-License-Identifier: Apache-2.0
"""What the axes of a space mean."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes.enums import ViewDir
from rerun_bridge.archetypes.schema_archetype import SchemaArchetype

if TYPE_CHECKING:
    from rerun_bridge.archetypes.likes import Vectors

_LETTERS = {direction.name[0]: direction for direction in ViewDir}
_AXES = ({'U', 'D'}, {'R', 'L'}, {'F', 'B'})
_BY_HAND = {
    'RIGHT_HAND_X_UP': 'URF',
    'RIGHT_HAND_X_DOWN': 'DRB',
    'RIGHT_HAND_Y_UP': 'RUB',
    'RIGHT_HAND_Y_DOWN': 'RDF',
    'RIGHT_HAND_Z_UP': 'RFU',
    'RIGHT_HAND_Z_DOWN': 'RBD',
    'LEFT_HAND_X_UP': 'URB',
    'LEFT_HAND_X_DOWN': 'DRF',
    'LEFT_HAND_Y_UP': 'RUF',
    'LEFT_HAND_Y_DOWN': 'RDB',
    'LEFT_HAND_Z_UP': 'RBU',
    'LEFT_HAND_Z_DOWN': 'RFD',
}


class _Named(type):
    """Constants such as ``ViewCoordinates.FLU``, made when first asked for."""

    def __getattr__(cls, name: str) -> ViewCoordinates:
        letters = _BY_HAND.get(name, name)
        if len(letters) != len(_AXES) or any(len(axis & set(letters)) != 1 for axis in _AXES):
            raise AttributeError(name)
        constant: ViewCoordinates = cls([_LETTERS[letter] for letter in letters])
        setattr(cls, name, constant)
        return constant


class ViewCoordinates(SchemaArchetype, metaclass=_Named):
    """
    Where the axes X, Y and Z of a space point.

    There is a constant for each, of the letters Up, Down, Right, Left, Forward and Back in the
    order of the axes: `FLU`, `RDF`, `RUB`; and names as `RIGHT_HAND_Z_UP`.

    Parameters
    ----------
    xyz
        Three `ViewDir`.

    """

    xyz: Vectors

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:  # noqa: ANN401, FBT001
        """Return the three directions as numbers."""
        del copy
        return np.array(self.datas[0].reshape(-1), dtype)
