# SPDX-License-Identifier: Apache-2.0
"""What `repair` makes of cut, damaged and joined files, judged by the official tools."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING

from rerun_bridge import __main__ as program
from test.recordings import messages, num_rows

if TYPE_CHECKING:
    from pathlib import Path

    from test.official import Official

SCRIPT = textwrap.dedent("""
    import sys
    import numpy as np
    import pyarrow as pa
    import rerun as rr
    import rerun.blueprint as rrb

    class Loose(rr.AsComponents):
        def __init__(self, values):
            self.values = values

        def as_component_batches(self):
            return [rr.DescribedComponentBatch(self, rr.ComponentDescriptor('loose'))]

        def as_arrow_array(self):
            return self.values

        def component_type(self):
            return None

    rec = rr.RecordingStream('theirs', recording_id=sys.argv[2])
    rec.save(sys.argv[1])
    rec.send_blueprint(rrb.Blueprint(rrb.Spatial3DView(origin='/')))
    rec.log('/static', rr.Points3D([[1, 2, 3]]), static=True)
    for i in range(40):
        rec.set_time('with space', duration=i / 10)
        rec.set_time('stamp', timestamp=1_700_000_000 + i)
        rec.log('/x', rr.Scalars(float(i)))
        rec.log('/image', rr.Image(np.full((30, 20, 3), i, np.uint8)))
        if i % 10 == 0:
            rec.flush()
    # The same name with other types, and a chunk without rows.
    rec.log('/a', Loose(pa.array([1])))
    rec.log('/b', Loose(pa.array(['one'])))
    times = rr.TimeColumn('frame', sequence=np.arange(0))
    rec.send_columns('/none', [times], rr.Scalars.columns(scalars=np.arange(0.0)))
    rec.send_property('robot', rr.AnyValues(wheels=4))
    rec.disconnect()
""")


def test_files_of_the_official_sdk(official: Official, tmp_path: Path) -> None:
    theirs = tmp_path / 'theirs.rrd'
    official.script(SCRIPT, theirs, 'one')
    content = theirs.read_bytes()
    assert program.main(['verify', str(theirs)]) == 0
    num_messages = len(messages(theirs))
    end = content.rindex(b'RRF2FOOT') + 12
    assert end == len(content)
    footer_at = int.from_bytes(content[-32:-24], 'little') - 16
    kept = []
    for cut in (footer_at // 3, footer_at - 1, footer_at, footer_at + 8, len(content) - 40):
        path = tmp_path / f'{cut}.rrd'
        path.write_bytes(content[:cut])
        assert program.main(['repair', str(path)]) == 0
        official.verify(path)
        kept.append(len(messages(path)))
    assert kept[0] < kept[1] == num_messages - 1
    assert kept[2:] == 3 * [num_messages]
    official.run('rrd', 'compare', '--unordered', theirs, tmp_path / f'{footer_at}.rrd')


def test_joined_and_damaged_files(official: Official, tmp_path: Path) -> None:
    paths = [tmp_path / f'{name}.rrd' for name in 'ab']
    for path in paths:
        official.script(SCRIPT, path, path.name)
    joined, twice, hurt = (tmp_path / f'{name}.rrd' for name in ('joined', 'twice', 'hurt'))
    joined.write_bytes(b''.join(path.read_bytes() for path in paths))
    twice.write_bytes(2 * paths[0].read_bytes())
    shutil.copy(paths[0], hurt)
    with hurt.open('r+b') as file:
        file.seek(hurt.stat().st_size // 4)
        file.write(bytes(4096))
    for path in (joined, twice, hurt):
        assert official.run('rrd', 'verify', path, check=False).returncode
        assert program.main(['verify', str(path)]) == 1
        assert program.main(['repair', str(path)]) == 0
        assert program.main(['verify', str(path)]) == 0
        official.verify(path)
    assert num_rows(joined)['/x'] == 80
    assert 0 < len(messages(hurt)) < len(messages(paths[0]))
    merged = tmp_path / 'merged.rrd'
    official.run('rrd', 'merge', joined, '-o', merged)
    assert num_rows(merged)['/x'] == 80
