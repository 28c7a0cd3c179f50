# SPDX-License-Identifier: Apache-2.0
"""What people may ask of the command that converts bags."""

from __future__ import annotations

import pytest

from rerun_bridge import __main__ as program
from rerun_bridge.cli.bag2rrd import main
from rerun_bridge.cli.bag2rrd.arguments import parse
from rerun_bridge.converters.options import OPTIONS


@pytest.mark.parametrize(
    ('argv', 'problem'),
    [
        (['--include', '('], "argument --include: '(' is no regular expression"),
        (['--start', 'noon'], "argument --start: 'noon' is no time; write seconds, or a date"),
        (['--start', 'nan'], 'argument --start: nan is no time'),
        (['--end', '-3'], 'argument --end'),
        (['--definitions', '/nowhere'], 'argument --definitions: there is no folder /nowhere'),
        (['--option', 'speed.restamp=1'], 'speed.restamp names no topic; write /full/name'),
        (['--option', '/speed.restamp'], 'should be WHERE.OPTION=VALUE'),
        (
            ['--option', '/speed.restamp=maybe'],
            "/speed.restamp must be true or false, not 'maybe'",
        ),
        (['--option', '/speed.reflect=true'], 'names no option of a topic; there are'),
        (['--option', '/.max_rat=1'], 'did you mean max_rate?'),
        (['--option', '/.voxel=nan'], 'must be a number at least 0'),
    ],
)
def test_wrong_use(argv: list[str], problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(['bag', *argv])
    assert caught.value.code == program.MISUSED
    assert problem in capsys.readouterr().err


@pytest.mark.parametrize(
    ('text', 'value'),
    [
        ('/a.entity_path=/b=c', '/b=c'),
        ('/a.b.depth_meter=2.5', 2.5),
        ('/.max_rate=5', 5.0),
        ('/a/.restamp=true', True),
        ('/a/.restamp=No', False),
        ('sensor_msgs/msg/PointCloud2.stride=3', 3),
        ('/a.color_by=ring', 'ring'),
        ('/a.color_range=[0, 1.5]', (0.0, 1.5)),
        ('/a.color_range=[]', ()),
        ('/odd.flatten=true', True),
        ('/odd.flatten=8', 8),
    ],
)
def test_values_of_options(text: str, value: object) -> None:
    request = parse(['bag', '--option', '/x.stride=2', '--option', text])
    key = text.partition('=')[0]
    assert request.options == {'/x.stride': 2, key: value}


def test_help_tells_all_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(['--help'])
    shown = ' '.join(capsys.readouterr().out.split())
    for name, option in OPTIONS.items():
        assert f' {name} {option.meaning}' in shown
