# SPDX-License-Identifier: Apache-2.0
"""Readers of recorded ROS 2 bags."""

from __future__ import annotations
