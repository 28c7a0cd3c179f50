# SPDX-License-Identifier: Apache-2.0
"""ROS 2 topics and Python data into the Rerun Viewer."""

from __future__ import annotations
