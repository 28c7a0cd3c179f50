# SPDX-License-Identifier: Apache-2.0
"""Application ids are made plain."""

from __future__ import annotations

import pytest

from rerun_bridge.errors import UsageError
from rerun_bridge.log_types import sanitize_application_id


@pytest.mark.parametrize(
    ('name', 'plain'),
    [
        ('my robot [1]: a_b-c', 'my robot [1]: a_b-c'),
        ('/ns/node', '-ns-node'),
        ('node@host.local', 'node-host-local'),
        ('größe', 'gr--e'),
        ('x' * 300, 'x' * 180),
    ],
)
def test_plain(name: str, plain: str) -> None:
    assert sanitize_application_id(name) == plain


def test_empty() -> None:
    with pytest.raises(UsageError, match='application id is empty'):
        sanitize_application_id('')
