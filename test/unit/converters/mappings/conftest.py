# SPDX-License-Identifier: Apache-2.0
"""The tests of mappings need rosbags to write messages."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec('rosbags') else ['test_*.py']
