# SPDX-License-Identifier: Apache-2.0
"""
The same calls in rerun-sdk and here make the same components, types and values.

rerun-sdk runs once, in its own environment, for all cases (`archetype_dump`).
"""

from __future__ import annotations

from dataclasses import dataclass
import json
import re
import subprocess
from typing import Any, TYPE_CHECKING

import pytest

import rerun_bridge
from rerun_bridge.archetypes import Archetype
from test.conformance import archetype_dump

if TYPE_CHECKING:
    from pathlib import Path

    from test.conftest import ForeignEnv

TIMEOUT_SEC = 90
NAME = re.compile(r'rrb?\.(?:archetypes\.)?(\w+)')


@dataclass(frozen=True)
class Answers:
    """What rerun-sdk made of each case."""

    groups: dict[str, dict[str, Any]]

    def of(self, group: str, case: str) -> Any:  # noqa: ANN401 - as JSON has them
        """Return the answer to a case."""
        return self.groups[group][case]


@pytest.fixture(scope='module')
def rerun_sdk(rerun_python: Path, foreign_env: ForeignEnv) -> Answers:
    """Run all cases in rerun-sdk."""
    done = subprocess.run(
        [rerun_python, archetype_dump.__file__, 'rerun'],
        text=True,
        env=foreign_env(),
        stdout=subprocess.PIPE,
        timeout=TIMEOUT_SEC,
        check=True,
    )
    return Answers(json.loads(done.stdout))


@pytest.mark.parametrize('call', archetype_dump.cases('calls'))
def test_same_components(call: str, rerun_sdk: Answers) -> None:
    theirs = rerun_sdk.of('calls', call)
    ours = archetype_dump.run(rerun_bridge, call)
    assert not isinstance(theirs, str), f'rerun-sdk refuses: {theirs}'
    assert not isinstance(ours, str), f'we refuse: {ours}'
    assert [item[:3] for item in ours] == [item[:3] for item in theirs]
    for (*_, our_array), (name, *_, their_array) in zip(ours, theirs, strict=True):
        array, expected = archetype_dump.decode(our_array), archetype_dump.decode(their_array)
        assert array.type == expected.type, name
        assert array.equals(expected), f'{name}: {array.to_pylist()} != {expected.to_pylist()}'


@pytest.mark.parametrize('call', archetype_dump.cases('refused'))
def test_both_refuse(call: str, rerun_sdk: Answers) -> None:
    theirs = rerun_sdk.of('refused', call)
    ours = archetype_dump.run(rerun_bridge, call)
    assert isinstance(theirs, str), 'rerun-sdk takes it'
    assert isinstance(ours, str), 'we take it'
    assert ours.startswith(('UsageError: ', 'TypeError: '))


@pytest.mark.parametrize('name', archetype_dump.cases('classes'))
def test_same_signature_or_members(name: str, rerun_sdk: Answers) -> None:
    assert archetype_dump.describe(rerun_bridge, name) == rerun_sdk.of('classes', name)


@pytest.mark.parametrize('call', archetype_dump.cases('blueprints'))
def test_same_blueprint(call: str, rerun_sdk: Answers) -> None:
    ours = archetype_dump.blueprint_rows(rerun_bridge, call)
    assert sorted(ours) == sorted(rerun_sdk.of('blueprints', call))


def test_every_archetype_has_cases() -> None:
    ours = {
        name
        for name, cls in vars(rerun_bridge.archetypes).items()
        if isinstance(cls, type) and issubclass(cls, Archetype) and cls.FIELDS
    }
    classes = archetype_dump.cases('classes')
    theirs = {name.removeprefix('rr.archetypes.') for name in classes if '.archetypes.' in name}
    called = {found[1] for call in archetype_dump.cases('calls') if (found := NAME.match(call))}
    assert ours == theirs
    assert ours <= called
