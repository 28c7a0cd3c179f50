# SPDX-License-Identifier: Apache-2.0
"""Converters of other packages are found, and cost nothing if they fail."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from rerun_bridge import plugin
from rerun_bridge.converters import base, load_plugins, plugins
from rerun_bridge.errors import UnsupportedTypeError
from test.unit.converters.ros_messages import convert, topic_converter, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OUTLINE, TEMPERATURE = 'my_msgs/msg/Outline', 'sensor_msgs/msg/Temperature'
BEGIN = (
    'import rerun_bridge as rr\nfrom rerun_bridge.plugin import converts, converts_each, Entry\n'
)
GOOD = f"""{BEGIN}
@converts_each({OUTLINE!r}, {TEMPERATURE!r})
def show(message):
    yield Entry(rr.TextLog('mine'))
"""


class Packages:
    """Python packages that are installed for a test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.modules: list[str] = []

    def add(self, name: str, text: str, target: str = '') -> None:
        """Install a package whose only module has this text."""
        (self._folder / f'{name}.py').write_text(text)
        info = self._folder / f'{name}-1.0.dist-info'
        info.mkdir()
        (info / 'METADATA').write_text(f'Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n')
        points = f'[{plugins.GROUP}]\n{name}_point = {target or name}\n'
        (info / 'entry_points.txt').write_text(points)
        self.modules.append(name)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packages]:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(base, '_CONVERTERS', dict(base._CONVERTERS))  # noqa: SLF001
    found = Packages(tmp_path)
    load_plugins.cache_clear()
    yield found
    load_plugins.cache_clear()
    for name in found.modules:
        sys.modules.pop(name, None)


def test_modules_register_converters(packages: Packages) -> None:
    packages.add('a_plugin', GOOD)
    assert load_plugins() == ('a_plugin_point',)
    for type_name in (OUTLINE, TEMPERATURE):
        assert values_of(convert(type_name, {}))['/topic@TextLog:text'] == ['mine']


def test_functions_are_called(packages: Packages) -> None:
    text = (
        f'{BEGIN}\ndef register():\n    converts({OUTLINE!r})(lambda topic: lambda message: ())\n'
    )
    packages.add('a_plugin', text, 'a_plugin:register')
    assert load_plugins() == ('a_plugin_point',)
    assert not topic_converter(OUTLINE).is_struct


def test_they_are_loaded_once(packages: Packages) -> None:
    text = 'calls = []\ndef register():\n    calls.append(1)\n'
    packages.add('a_plugin', text, 'a_plugin:register')
    assert load_plugins() == load_plugins() == ('a_plugin_point',)
    assert sys.modules['a_plugin'].calls == [1]


@pytest.mark.parametrize(
    ('text', 'target', 'reason'),
    [
        ('import no_such_module', '', "ModuleNotFoundError: No module named 'no_such_module'"),
        ('1 / 0', '', 'ZeroDivisionError: division by zero'),
        ('raise SystemExit("bye")', '', 'SystemExit: bye'),
        ('', 'a_bad_plugin:no_such_function', 'AttributeError: module'),
        ('def register():\n    raise ValueError("no")', 'a_bad_plugin:register', 'ValueError: no'),
        ('here is no Python', '', 'SyntaxError: invalid syntax'),
    ],
)
def test_one_that_fails_is_told_with_its_name_and_costs_nothing(
    packages: Packages, text: str, target: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    packages.add('a_bad_plugin', text, target)
    packages.add('b_plugin', GOOD)
    with caplog.at_level(logging.WARNING, 'rerun_bridge'):
        assert load_plugins() == ('b_plugin_point',)
    [record] = caplog.records
    where = target or 'a_bad_plugin'
    assert record.getMessage().startswith(
        f'the plug-in a_bad_plugin_point ({where}) is left out: {reason}'
    )
    assert values_of(convert(OUTLINE, {}))['/topic@TextLog:text'] == ['mine']


def test_a_converter_that_cannot_be_made_costs_its_topics_alone(packages: Packages) -> None:
    packages.add('a_plugin', f'{BEGIN}\nconverts({OUTLINE!r})(lambda topic: 1 / 0)\n')
    load_plugins()
    with pytest.raises(UnsupportedTypeError, match=r'cannot be made .ZeroDivisionError.*plug-in'):
        topic_converter(OUTLINE)
    assert not topic_converter(TEMPERATURE).is_struct


def test_authors_find_what_they_need() -> None:
    for name in plugin.__all__:
        assert getattr(plugin, name) is not None


def test_import_rerun_bridge_looks_for_no_plugins() -> None:
    code = 'import rerun_bridge, sys; print("rerun_bridge.converters" in sys.modules)'
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert done.stdout == 'False\n'
