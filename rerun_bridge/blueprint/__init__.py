# SPDX-License-Identifier: Apache-2.0
"""The layout of the viewer as data."""

from __future__ import annotations
