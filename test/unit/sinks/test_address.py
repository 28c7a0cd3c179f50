# SPDX-License-Identifier: Apache-2.0
"""Every way to write a viewer's address, and what is none."""

from __future__ import annotations

import pytest

from rerun_bridge.errors import UsageError
from rerun_bridge.sinks import parse_address


@pytest.mark.parametrize(
    ('address', 'url'),
    [
        (None, 'rerun+http://127.0.0.1:9876/proxy'),
        ('127.0.0.1:9876', 'rerun+http://127.0.0.1:9876/proxy'),
        ('robot.local', 'rerun+http://robot.local:9876/proxy'),
        ('host:1234', 'rerun+http://host:1234/proxy'),
        ('[::1]:9876', 'rerun+http://[::1]:9876/proxy'),
        ('rerun+http://host:99/proxy', 'rerun+http://host:99/proxy'),
        ('rerun+https://host/proxy', 'rerun+https://host:9876/proxy'),
        ('http://host:80', 'rerun+http://host:80/proxy'),
    ],
)
def test_addresses(address: str | None, url: str) -> None:
    assert parse_address(address).url == url


@pytest.mark.parametrize(
    'bad', ['', ':9876', 'host:', 'host:0', 'host:70000', 'host:abc', 'a b', 'ftp://x', '::1:98']
)
def test_malformed(bad: str) -> None:
    with pytest.raises(UsageError, match='malformed viewer address'):
        parse_address(bad)
