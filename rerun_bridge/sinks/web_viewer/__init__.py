# SPDX-License-Identifier: Apache-2.0
"""The official Rerun viewer for browsers: where it is on this machine, and pages with it."""

from __future__ import annotations

from rerun_bridge.sinks.web_viewer.assets import Asset, web_viewer_assets
from rerun_bridge.sinks.web_viewer.fetcher import fetch_web_viewer
from rerun_bridge.sinks.web_viewer.files import WebViewerFiles
from rerun_bridge.sinks.web_viewer.finder import find_web_viewer, look_up
from rerun_bridge.sinks.web_viewer.page import recordings_html

__all__ = [
    'Asset',
    'WebViewerFiles',
    'fetch_web_viewer',
    'find_web_viewer',
    'look_up',
    'recordings_html',
    'web_viewer_assets',
]
