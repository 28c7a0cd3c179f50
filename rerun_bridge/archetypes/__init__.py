# SPDX-License-Identifier: Apache-2.0
"""Rerun's archetypes: NumPy in, component columns out."""

from __future__ import annotations
