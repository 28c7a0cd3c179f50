# SPDX-License-Identifier: Apache-2.0
"""The tests of converters need rosbags to write messages, those of pictures need Pillow."""

from __future__ import annotations

from importlib.util import find_spec

NEEDS_PILLOW = [f'test_{name}.py' for name in ('h264', 'picture_encoder', 'pictures')]
collect_ignore = [] if find_spec('PIL') else NEEDS_PILLOW
collect_ignore_glob = [] if find_spec('rosbags') else ['test_*.py']
