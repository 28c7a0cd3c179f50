# SPDX-License-Identifier: Apache-2.0
"""What is collected here: the converters are compared on bags that rosbags writes."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = (
    [] if find_spec('rosbags') else ['test_converters.py', 'test_robot_description.py']
)
