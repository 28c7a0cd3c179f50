# SPDX-License-Identifier: Apache-2.0
"""The command line that leads to all commands."""

from __future__ import annotations

from importlib.util import find_spec
import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from rerun_bridge import __main__ as program
from rerun_bridge.cli import Command, COMMANDS
from rerun_bridge.errors import SinkOpenError

if TYPE_CHECKING:
    from collections.abc import Callable

    Entry = Callable[[list[str] | None], int]
    Install = Callable[[Entry], None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Give a function that puts a command `trial` into the table."""

    def put(entry: Entry) -> None:
        module = ModuleType('trial')
        module.main = entry  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, 'trial', module)
        monkeypatch.setattr(program, 'COMMANDS', {**COMMANDS, 'trial': Command('trial', 'try')})

    return put


def raising(error: BaseException) -> Entry:
    def entry(_argv: list[str] | None) -> int:
        raise error

    return entry


@pytest.mark.parametrize('name', COMMANDS)
def test_every_listed_command_is_there(name: str) -> None:
    assert find_spec(COMMANDS[name].module)
    assert callable(getattr(program, name))


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(['--help']) == 0
    shown = capsys.readouterr().out
    for name, command in COMMANDS.items():
        assert name in shown
        assert command.summary in shown


@pytest.mark.parametrize('name', [name for name, row in COMMANDS.items() if row.is_node])
def test_help_of_a_node_needs_no_ros(
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, 'rclpy', None)
    assert program.main([name, '--help']) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f'usage: {name} [--ros-args')
    assert COMMANDS[name].summary in shown


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(['--version']) == 0
    assert capsys.readouterr().out == f'rerun_bridge {program.version()}\n'


@pytest.mark.parametrize(
    ('argv', 'problem'),
    [
        ([], 'a command is missing'),
        (['brigde', '--ros-args'], "there is no command 'brigde'"),
    ],
)
def test_wrong_use_names_the_problem_and_all_commands(
    argv: list[str],
    problem: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert program.main(argv) == program.MISUSED
    shown = capsys.readouterr()
    assert shown.out == ''
    assert problem in shown.err
    assert all(name in shown.err for name in COMMANDS)


def test_command_gets_its_arguments_and_gives_its_status(install: Install) -> None:
    calls: list[list[str] | None] = []

    def entry(argv: list[str] | None) -> int:
        calls.append(argv)
        return 7

    install(entry)
    assert program.main(['trial', '--ros-args', '-p', 'a:=1']) == 7
    assert calls == [['--ros-args', '-p', 'a:=1']]


def test_own_error_becomes_a_sentence(
    install: Install,
    capsys: pytest.CaptureFixture[str],
) -> None:
    install(raising(SinkOpenError('port 9090 is in use; choose another with serve.web_port')))
    assert program.main(['trial']) == program.FAILED
    assert capsys.readouterr().err == (
        'trial: port 9090 is in use; choose another with serve.web_port\n'
    )


@pytest.mark.parametrize('module', ['rclpy', 'rclpy._rclpy_pybind11'])
def test_missing_ros_names_what_to_source_or_install(
    module: str,
    install: Install,
    capsys: pytest.CaptureFixture[str],
) -> None:
    install(raising(ModuleNotFoundError(module, name=module)))
    assert program.main(['trial']) == program.FAILED
    shown = capsys.readouterr().err
    assert shown.count('\n') == 1
    assert 'source /opt/ros/' in shown
    assert 'pip install ros-' in shown


def test_missing_message_package_is_named(
    install: Install,
    capsys: pytest.CaptureFixture[str],
) -> None:
    install(raising(ModuleNotFoundError('no', name='tf2_msgs')))
    assert program.main(['trial']) == program.FAILED
    assert "'tf2_msgs'" in capsys.readouterr().err


def test_other_missing_modules_are_not_explained_away(install: Install) -> None:
    install(raising(ModuleNotFoundError('no', name='rerun_bridge.nothing')))
    with pytest.raises(ModuleNotFoundError):
        program.main(['trial'])


def test_interrupt(install: Install) -> None:
    install(raising(KeyboardInterrupt()))
    assert program.main(['trial']) == program.INTERRUPTED
