# SPDX-License-Identifier: Apache-2.0
"""Requests switch the sinks of a real recording, and failing ones change nothing."""

from __future__ import annotations

import re
import socket
from typing import Any, TYPE_CHECKING

import pytest

from rerun_bridge.archetypes import Scalars
from rerun_bridge.errors import ParameterError, RerunBridgeError, SinkOpenError, UsageError
from rerun_bridge.node.parameters import PARAMETERS
from rerun_bridge.node.sink_control import SinkControl
from rerun_bridge.sdk import RecordingStream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    values = {name: parameter.default for name, parameter in PARAMETERS.items()}
    values['save.path'] = str(tmp_path / 'default.rrd')
    values['connect.flush_timeout_sec'] = 0.0
    values['serve.web_port'] = values['serve.ws_port'] = 0
    return values


@pytest.fixture
def recording() -> Iterator[RecordingStream]:
    stream = RecordingStream('test', on_full='drop', when_disconnected='drop')
    yield stream
    stream.close()


@pytest.fixture
def control(recording: RecordingStream) -> Iterator[SinkControl]:
    control = SinkControl(recording, lambda _timeout_sec: True)
    yield control
    recording.close()
    control.close()


def test_save_uses_its_parameters_and_says_so(
    control: SinkControl, settings: dict[str, Any], tmp_path: Path
) -> None:
    sentence = control.open('save', {}, settings)
    path = tmp_path / 'default.rrd'
    assert sentence == (
        f'saving to {path} (path {path}, overwrite false, '
        'max_size_mb 0, max_duration_sec 0.0, max_files 0)'
    )
    assert control.names == [f'save:{path}']
    assert path.exists()


def test_arguments_win_over_parameters(
    control: SinkControl, settings: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / 'deep' / 'folder' / '%Y.rrd'
    control.open('save', {'path': str(path)}, settings)
    found = [entry.name for entry in path.parent.iterdir()]
    assert len(found) == 1
    assert re.fullmatch(r'\d{4}\.rrd', found[0])


def test_an_existing_file_is_kept_unless_overwriting_is_allowed(
    control: SinkControl, settings: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / 'default.rrd'
    path.write_text('precious')
    with pytest.raises(SinkOpenError, match=r'the file exists.*save\.overwrite'):
        control.open('save', {}, settings)
    assert path.read_text() == 'precious'
    control.open('save', {'overwrite': True}, settings)
    assert path.read_bytes().startswith(b'RRF2')


@pytest.mark.parametrize(
    'case',
    [
        ('sav', {}, "no sink 'sav'; use one of connect, save"),
        ('save', {'pth': '/x'}, 'save has no argument pth; did you mean path?'),
        ('save', {'zzz': '/x'}, 'there are path, overwrite'),
        ('save', {'path': 5}, 'path must be a text'),
        ('save', {'path': '/'}, 'a folder'),
        ('save', {'path': '/proc/x/y.rrd'}, 'folder cannot be made'),
        ('save', {'path': f'~/{"x" * 300}/a.rrd'}, 'File name too long'),
        ('save', {'path': '~nobody_here/a.rrd'}, 'choose another: ~nobody_here'),
        ('save', {'path': '~/a\0b.rrd'}, 'cannot be made or used'),
        ('serve', {'bind': ''}, 'bind is empty'),
        ('connect', {'addr': 'x:y:z'}, 'malformed viewer address'),
        ('connect', {'flush_timeout_sec': 'long'}, 'flush_timeout_sec must be a number'),
        ('spawn', {'port': 70000}, 'port must be an integer at least 1 and at most 65535'),
        ('serve', {'web_port': -1}, 'web_port must be an integer at least 0 and at most 65535'),
        ('serve', {'bind': '192.0.2.7'}, '192.0.2.7 is no address of this machine'),
        ('serve', {'allowed_hosts': 'robot'}, 'allowed_hosts must be a list of texts'),
    ],
)
def test_what_fails_changes_nothing(
    control: SinkControl,
    recording: RecordingStream,
    settings: dict[str, Any],
    case: tuple[str, dict[str, object], str],
) -> None:
    kind, arguments, message = case
    control.open('save', {}, settings)
    before = recording.sinks
    with pytest.raises(RerunBridgeError, match=re.escape(message)):
        control.open(kind, arguments, settings)
    assert recording.sinks == before


def test_a_path_with_times_gets_a_number_within_a_second(
    control: SinkControl, settings: dict[str, Any], tmp_path: Path
) -> None:
    settings['save.path'] = f'{tmp_path}/%Y.rrd'
    for _ in range(3):
        control.open('save', {}, settings)
    names = sorted(re.sub(r'^\d{4}', 'Y', entry.name) for entry in tmp_path.iterdir())
    assert names == ['Y.rrd', 'Y_1.rrd', 'Y_2.rrd']


def test_sinks_are_replaced_or_added(
    control: SinkControl, settings: dict[str, Any], tmp_path: Path
) -> None:
    control.open('save', {}, settings)
    other = tmp_path / 'other.rrd'
    sentence = control.open('save', {'path': str(other)}, settings)
    assert sentence.endswith(f', in place of save:{tmp_path}/default.rrd')
    assert control.names == [f'save:{other}']
    settings['replace_sinks'] = False
    control.open('connect', {'addr': '127.0.0.1:1', 'flush_timeout_sec': 0}, settings)
    assert control.names == [f'save:{other}', 'connect:127.0.0.1:1']


def test_the_desired_state_keeps_what_is_open(
    control: SinkControl, recording: RecordingStream, settings: dict[str, Any], tmp_path: Path
) -> None:
    first, second = (f'save:{tmp_path}/{name}.rrd' for name in 'ab')
    control.switch([first], settings)
    kept = recording.sinks[0]
    control.switch([first, second], settings)
    assert control.names == [first, second]
    assert recording.sinks[0] is kept
    control.switch([second], settings)
    assert control.names == [second]
    assert kept.status().state.value == 'closed'
    control.switch(['none'], settings)
    assert control.names == ['none']
    control.switch([], settings)
    assert control.names == ['none']


def test_what_a_sink_leaves_out_is_in_the_parameters(
    control: SinkControl, settings: dict[str, Any], tmp_path: Path
) -> None:
    control.switch(['save', 'connect'], settings)
    assert control.names == [f'save:{tmp_path}/default.rrd', 'connect:127.0.0.1:9876']


@pytest.mark.parametrize(
    'case',
    [
        (['none', 'connect'], ParameterError, 'beside others'),
        (['connect', 'connect'], ParameterError, 'names one twice'),
        (['serv'], ParameterError, "no sink 'serv'"),
        (['serve', 'serve:0'], ParameterError, 'two servers'),
        (['serve:http'], ParameterError, 'web_port must be an integer'),
        (['connect:a b'], UsageError, 'malformed viewer address'),
        (['spawn:abc'], ParameterError, 'port must be an integer'),
        (['save:/proc/nothing/x.rrd'], SinkOpenError, 'folder cannot be made'),
    ],
)
def test_a_desired_state_that_fails_changes_nothing(
    control: SinkControl,
    recording: RecordingStream,
    settings: dict[str, Any],
    case: tuple[list[str], type[Exception], str],
) -> None:
    wanted, error, message = case
    control.open('save', {}, settings)
    before = recording.sinks
    with pytest.raises(error, match=message):
        control.switch(wanted, settings)
    assert recording.sinks == before


def test_disconnect_says_what_it_closed_and_what_follows(
    control: SinkControl, recording: RecordingStream, settings: dict[str, Any], tmp_path: Path
) -> None:
    control.open('save', {}, settings)
    sentence = control.disconnect(settings)
    assert sentence == (
        f'closed save:{tmp_path}/default.rrd; what arrives now is dropped (disconnect.policy drop)'
    )
    assert recording.sinks == ()
    assert 'nothing, no sink was open' in control.disconnect(settings)


def test_flush_delivers(
    control: SinkControl, recording: RecordingStream, settings: dict[str, Any], tmp_path: Path
) -> None:
    assert control.flush().startswith('flushed nothing, no sink is open')
    control.open('save', {}, settings)
    path = tmp_path / 'default.rrd'
    before = path.stat().st_size
    recording.log('/a', Scalars(1.0))
    assert control.flush().startswith(f'flushed save:{path} in ')
    assert path.stat().st_size > before


def test_an_unreachable_viewer_fails_a_flush(
    control: SinkControl, settings: dict[str, Any]
) -> None:
    control.open('connect', {'addr': '127.0.0.1:1'}, settings)
    with pytest.raises(RerunBridgeError, match='did not reach the viewer'):
        control.flush()


def test_spawning_uses_a_viewer_that_is_there(
    control: SinkControl, settings: dict[str, Any], free_port: int
) -> None:
    with socket.create_server(('127.0.0.1', free_port)):
        sentence = control.open('spawn', {'port': free_port, 'connect': False}, settings)
        assert sentence.startswith(f'found a viewer on port {free_port} (')
        assert control.names == ['none']
        control.open('spawn', {'port': free_port}, settings)
        assert control.names == [f'spawn:{free_port}']


def test_serving_says_where_and_with_what(
    control: SinkControl, recording: RecordingStream, settings: dict[str, Any], free_port: int
) -> None:
    host = f'127.0.0.1:{free_port}'
    sentence = control.open('serve', {'web_port': free_port}, settings)
    assert sentence.startswith(
        f'serving http://{host} to browsers; native viewer: rerun rerun+http://{host}/proxy'
    )
    assert sentence.endswith(
        f'(open_browser false, web_port {free_port}, ws_port 0, bind 127.0.0.1, allowed_hosts [], '
        'cors_allow_origin [], memory_limit_mb 256, allow_map_tiles false)'
    )
    assert control.names == [f'serve:{free_port}']
    assert recording.status()[0].target == f'serve:{free_port}'


def test_serving_names_the_command_that_browsers_wait_for(
    control: SinkControl,
    settings: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.delenv('RERUN_BRIDGE_WEB_VIEWER', raising=False)
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    monkeypatch.setattr('rerun_bridge.sinks.web_viewer.finder.PACKAGE', 'not_installed')
    sentence = control.open('serve', {}, settings)
    assert 'python -m rerun_bridge fetch_viewer (open_browser' in sentence
    monkeypatch.setenv('RERUN_BRIDGE_WEB_VIEWER', str(tmp_path))
    assert 'RERUN_BRIDGE_WEB_VIEWER is wrong' in control.open('serve', {}, settings)


def test_the_server_outlives_a_switch_and_ends_with_disconnect(
    control: SinkControl, recording: RecordingStream, settings: dict[str, Any], tmp_path: Path
) -> None:
    control.switch(['serve'], settings)
    assert control.names == ['serve']
    (sink,) = recording.sinks
    sentence = control.open('save', {}, settings)
    assert sentence.endswith(f'in place of {sink.target} (still open for its viewers)')
    control.open('serve', {}, settings)
    assert recording.sinks == (sink,)
    assert control.names == ['serve']
    control.switch([f'save:{tmp_path}/b.rrd'], settings)
    closed = f'closed save:{tmp_path}/b.rrd, {sink.target}; '
    assert control.disconnect(settings).startswith(closed)
    port = int(sink.target.partition(':')[2])
    socket.create_server(('127.0.0.1', port)).close()


def test_an_added_server_replaces_the_old_one_alone(
    control: SinkControl, settings: dict[str, Any], tmp_path: Path, free_port: int
) -> None:
    settings['replace_sinks'] = False
    control.open('serve', {}, settings)
    control.open('save', {}, settings)
    assert control.names == ['serve', f'save:{tmp_path}/default.rrd']
    control.open('serve', {'web_port': free_port}, settings)
    assert control.names == [f'save:{tmp_path}/default.rrd', f'serve:{free_port}']


def test_the_browser_is_opened_with_the_server_only(
    control: SinkControl, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr('rerun_bridge.node.sink_kinds.open_page', opened.append)
    settings['serve.open_browser'] = True
    control.open('serve', {}, settings)
    assert len(opened) == 1
    assert '/?url=rerun%2Bhttp' in opened[0]
    control.open('serve', {}, settings)
    assert len(opened) == 1
