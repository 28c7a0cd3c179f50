# SPDX-License-Identifier: Apache-2.0
"""Which names and which pages a server answers."""

from __future__ import annotations

import socket

import pytest

from rerun_bridge.sinks.server.access import AccessPolicy

POLICY = AccessPolicy(frozenset({'robot.lan'}), ('https://*.example.com',))
OWN = socket.gethostname().lower()


@pytest.mark.parametrize(
    'host',
    [
        '127.0.0.1:9090',
        'localhost:9090',
        'LOCALHOST',
        '[::1]:9090',
        '192.168.1.5:9090',
        '[fe80::1]',
        'robot.lan:9090',
        'Robot.LAN.',
        OWN,
        f'{OWN}.local:9090',
    ],
)
def test_names_of_this_machine(host: str) -> None:
    assert POLICY.allows_host(host)


@pytest.mark.parametrize(
    'host', [None, '', ':9090', 'evil.example', 'evil.robot.lan', '127.0.0.1.evil.example', '[::1']
)
def test_foreign_names(host: str | None) -> None:
    assert not POLICY.allows_host(host)


@pytest.mark.parametrize(
    ('origin', 'host'),
    [
        (None, '192.168.1.5:9090'),
        ('http://192.168.1.5:9090', '192.168.1.5:9090'),
        ('http://localhost:8000', '127.0.0.1:9090'),
        ('http://[::1]:9090', '127.0.0.1:9090'),
        ('http://robot.lan:9090', '192.168.1.5:9090'),
        (f'http://{OWN}:9090', '192.168.1.5'),
        ('https://app.rerun.io', 'localhost:9090'),
        ('https://tools.example.com', '127.0.0.1:9090'),
    ],
)
def test_pages_that_may_read(origin: str | None, host: str) -> None:
    assert POLICY.allows_origin(origin, host)


@pytest.mark.parametrize(
    'origin',
    [
        'null',
        '',
        'https://evil.example',
        'http://192.168.1.66:8000',
        'https://rerun.io.evil.example',
        'http://tools.example.com',
        'https://example.com',
        'http://[',
    ],
)
def test_pages_that_may_not(origin: str) -> None:
    assert not POLICY.allows_origin(origin, '127.0.0.1:9090')
