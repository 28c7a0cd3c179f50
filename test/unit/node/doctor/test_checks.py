# SPDX-License-Identifier: Apache-2.0
"""Checks that fail, hang or depend on each other."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from rerun_bridge.errors import SinkOpenError
from rerun_bridge.node.doctor.checks import Check, examine
from rerun_bridge.node.doctor.findings import ok, problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.node.doctor.findings import Finding


def run(*table: Check) -> dict[str, list[Finding]]:
    return {check.name: found for check, found in examine(table)}


def test_surprise_is_a_line() -> None:
    def check() -> Iterator[Finding]:
        yield ok('one')
        msg = 'two'
        raise KeyError(msg)

    one, two = run(Check('odd', check))['odd']
    assert one == ok('one')
    assert two.level == 'warning'
    assert two.fact == "this check failed: KeyError: 'two'"


def test_error_of_the_package_is_a_fact_and_a_fix() -> None:
    def check() -> Iterator[Finding]:
        msg = 'it is full; make room'
        raise SinkOpenError(msg)
        yield

    assert run(Check('disk', check))['disk'] == [problem('it is full', 'make room')]


def test_one_that_hangs_is_left_alone() -> None:
    ending = threading.Event()

    def check() -> Iterator[Finding]:
        yield ok('one')
        ending.wait(20)

    found = run(Check('slow', check, limit_sec=0.2), Check('next', lambda: [ok('two')]))
    ending.set()
    assert [finding.fact for finding in found['slow']] == ['one', 'this check took more than 0 s']
    assert found['next'] == [ok('two')]


def test_what_cannot_be_checked_is_told() -> None:
    found = run(
        Check('first', lambda: [problem('bad')]),
        Check('second', lambda: [ok('good')], ('first',)),
        Check('third', lambda: [ok('good')], ('first', 'second')),
        Check('fourth', lambda: [ok('good')]),
    )
    assert found['second'][0].level == 'warning'
    assert 'not checked' in found['second'][0].fact
    assert 'about first and second is' in found['third'][0].fact
    assert found['fourth'] == [ok('good')]
