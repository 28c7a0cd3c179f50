# SPDX-License-Identifier: Apache-2.0
"""The one release of the official web viewer that this package works with."""

from __future__ import annotations

from typing import NamedTuple


class PinnedFile(NamedTuple):
    """A file whose content is known."""

    name: str
    num_bytes: int
    sha256: str


VERSION = '0.41.0'
REQUIREMENT = f'rerun-notebook=={VERSION}'
PACKAGE = 'rerun_notebook'
"""The Python package around the viewer; it is never imported, for it imports Jupyter."""

WHEEL = PinnedFile(
    f'{PACKAGE}-{VERSION}-py2.py3-none-any.whl',
    17_085_279,
    '5e132e03067290cf51a5b245c6ae3c4f28c43845b597d19b249269bbe5c345ad',
)
WASM = PinnedFile(
    're_viewer_bg.wasm',
    66_870_968,
    '461a78a66d0a8860ca7362ff72f103359f8e102c80d152bcf03ebea0451918fd',
)
SCRIPT = PinnedFile(
    'widget.js',
    539_455,
    '7820b9cee3f15187dc9ffe44f3f9e889ec8fed26de3cc04bae908270c6ca5f02',
)
