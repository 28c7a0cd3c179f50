# SPDX-License-Identifier: Apache-2.0
"""
What parameters of archetypes accept; for annotations only.

Many instances may share one value: a list of one radius serves all points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, IO

import numpy as np
import numpy.typing as npt

from rerun_bridge.archetypes.annotations import AnnotationInfo, ClassDescription
from rerun_bridge.archetypes.enums import SchemaEnum
from rerun_bridge.archetypes.values import Quaternion, RotationAxisAngle, TensorData

#: One number or any number of them.
Numbers = npt.ArrayLike
#: One vector, shape (2,) or (3,), or n of them, shape (n, 2) or (n, 3).
Vectors = npt.ArrayLike
#: Shape (3, 3) or (n, 3, 3), row by row.
Matrices = npt.ArrayLike
#: Any number of line strips, each of shape (m, 2) or (m, 3); or one.
Strips = npt.ArrayLike | Iterable[npt.ArrayLike]
#: Shape (n, 3) or (n, 4): bytes 0 to 255 or floats 0 to 1; or numbers 0xRRGGBBAA.
Colors = npt.ArrayLike
#: One text or any number of them.
Texts = str | Iterable[str] | npt.NDArray[Any]
#: Truth values.
Booleans = npt.ArrayLike
#: A member of an enumeration, its name in any case, its number; or a sequence.
Choices = SchemaEnum | str | int | Sequence[SchemaEnum | str | int]
#: Real part last, shape (4,) or (n, 4); or `Quaternion`.
Quaternions = npt.ArrayLike | Quaternion | Sequence[Quaternion]
#: One or several.
AxisAngles = RotationAxisAngle | Sequence[RotationAxisAngle]
#: NumPy array, Pillow image, PyTorch tensor.
ImageLike = Any
#: Bytes-like, array of bytes or a binary file opened for reading.
Contents = bytes | bytearray | memoryview | npt.NDArray[np.uint8] | IO[bytes]
#: Array of any number of dimensions.
Tensors = npt.ArrayLike | TensorData
#: Classes, or tuples (id, label, color).
Classes = (
    ClassDescription
    | AnnotationInfo
    | int
    | Sequence[ClassDescription | AnnotationInfo | int | tuple[Any, ...]]
)
