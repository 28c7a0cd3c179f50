# SPDX-License-Identifier: Apache-2.0
"""ROS messages in, Rerun archetypes out."""

from __future__ import annotations
