# SPDX-License-Identifier: Apache-2.0
"""The ROS 2 nodes; nothing else imports ROS."""

from __future__ import annotations
