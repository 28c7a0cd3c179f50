# SPDX-License-Identifier: Apache-2.0
"""Properties of views of tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.blueprint.schema import BlueprintArchetype

if TYPE_CHECKING:
    from collections.abc import Sequence
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.likes import Choices, Numbers
    from rerun_bridge.archetypes.values import (
        TensorDimensionIndexSelection,
        TensorDimensionSelection,
    )
    from rerun_bridge.blueprint.values import TensorDimensionIndexSlider


class TensorSliceSelection(BlueprintArchetype):
    """
    Which slice of a tensor is shown.

    Parameters
    ----------
    width, height
        Dimensions that become the axes.
    indices
        Slices of the other dimensions.
    slider
        Dimensions that have sliders.

    """

    _: KW_ONLY
    width: TensorDimensionSelection | int | None = None
    height: TensorDimensionSelection | int | None = None
    indices: Sequence[TensorDimensionIndexSelection] | None = None
    slider: Sequence[TensorDimensionIndexSlider | int] | None = None


class TensorScalarMapping(BlueprintArchetype):
    """
    How numbers of a tensor become pixels.

    Parameters
    ----------
    mag_filter
        `MagnificationFilter`.
    colormap
        `Colormap`.
    gamma
        Exponent.

    """

    _: KW_ONLY
    mag_filter: Choices | None = None
    colormap: Choices | None = None
    gamma: Numbers | None = None


class TensorViewFit(BlueprintArchetype):
    """
    How a tensor fills the view.

    Parameters
    ----------
    scaling
        `ViewFit`.

    """

    scaling: Choices | None = None
