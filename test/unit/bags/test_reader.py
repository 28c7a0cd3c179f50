# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.bags import BagReader, RecordedTopic, Window
from test.unit.bags.mcap_bytes import cdr, channel, Chunk, mcap_file, Message, schema
from test.unit.bags.written_bag import sent, STORAGES, write_bag

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def every(_: RecordedTopic) -> bool:
    return True


def read(
    paths: list[Path],
    accepts: Callable[[RecordedTopic], bool] = every,
    window: Window = Window(),  # noqa: B008 - immutable
) -> list[tuple[str, int]]:
    with BagReader(paths) as reader:
        messages = reader.messages(accepts, window)
        found = [(each.topic.name, each.log_time_nanos) for each in messages]
        assert reader.damages == []
        return found


@pytest.fixture(params=STORAGES)
def split(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give a bag of three files, whose times overlap, put together by hand."""
    bag = tmp_path / 'split'
    bag.mkdir()
    for number, start in enumerate((2000, 1000, 1500)):
        part = write_bag(
            tmp_path / f'split_{number}',
            [sent(f'/part_{number}', start + i, i) for i in range(1000)],
            storage=request.param,
        )
        for path in part.iterdir():
            if path.suffix != '.yaml':
                shutil.move(path, bag)
    return bag


def test_split_bag_is_sorted(split: Path) -> None:
    found = read([split])
    assert len(found) == 3000
    assert [nanos for _, nanos in found] == sorted(nanos for _, nanos in found)
    assert found[0] == ('/part_1', 1000)
    assert found[-1] == ('/part_0', 2999)


@pytest.mark.parametrize('compression', ['none', 'file'])
def test_several_bags_are_merged(tmp_path: Path, compression: str) -> None:
    bags = [
        write_bag(
            tmp_path / storage,
            [sent(f'/{storage}', 10 * i + offset, i) for i in range(1, 500)],
            storage=storage,
            compression=compression,
        )
        for offset, storage in enumerate(STORAGES)
    ]
    found = read([*bags, bags[0]])
    assert [nanos for _, nanos in found] == sorted(nanos for _, nanos in found)
    assert len(found) == 998


def test_compressed_files_are_unpacked_when_they_are_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / 'unpacked'
    place.mkdir()
    monkeypatch.setenv('TMPDIR', str(place))
    monkeypatch.setattr('tempfile.tempdir', None)
    bags = [
        write_bag(tmp_path / f'bag_{i}', [sent('/a', 100 * i + 1, i)], compression='file')
        for i in range(9)
    ]
    with BagReader(bags) as reader:
        assert list(place.iterdir()) == []
        counts = [len(list(place.iterdir())) for _ in reader.messages(every)]
        assert len(counts) == 9
        assert 1 <= max(counts) <= 5
    assert list(place.iterdir()) == []


@pytest.mark.parametrize('storage', STORAGES)
def test_window_and_choice(tmp_path: Path, storage: str) -> None:
    messages = [sent('/map', 1, 0), sent('/map', 2, 0), sent('/b', 3, 0)]
    messages += [sent('/a', 1000 + i, i) for i in range(3000)]
    bag = write_bag(tmp_path / 'bag', messages, storage=storage, latched=['/map'])
    window = Window(2000, 2003)
    expected = [('/a', nanos) for nanos in range(2000, 2003)]
    assert read([bag], window=window) == [('/map', 2), *expected]
    assert read([bag], lambda topic: topic.name == '/a', window) == expected
    assert read([bag], lambda topic: topic.name == '/b', window) == []
    assert read([bag], window=Window(0, 4)) == [('/map', 1), ('/map', 2), ('/b', 3)]


def test_only_what_the_window_needs_is_read(tmp_path: Path) -> None:
    payload = bytes(600_000)
    messages = [
        sent('/a', 1000 + i, i)._replace(data=sent('/a', 0, i).data + payload) for i in range(12)
    ]
    bag = write_bag(tmp_path / 'bag', messages)
    with BagReader([bag]) as reader:
        size = reader.num_bytes
        for _ in reader.messages(every, Window(1010, 2000)):
            # All before was skipped, and counts as done.
            assert reader.num_bytes_read > size / 2
        assert reader.start_nanos == 1000
        assert reader.num_bytes_read == pytest.approx(size, abs=12)


@pytest.mark.parametrize('is_indexed', [True, False])
def test_impossible_times_are_told(tmp_path: Path, *, is_indexed: bool) -> None:
    path = tmp_path / 'a.mcap'
    last = (1 << 64) - 1
    parts = [[15, last], [last], [17]]
    chunks = [Chunk([Message(1, nanos, cdr(1)) for nanos in part]) for part in parts]
    definitions = schema() + channel(1, '/a')
    path.write_bytes(mcap_file(chunks, definitions=definitions, is_indexed=is_indexed))
    with BagReader([path]) as reader:
        assert reader.start_nanos == 15
        assert [each.log_time_nanos for each in reader.messages(every)] == [15, 17]
        assert len(reader.damages) == 2
        assert all('1 messages have times' in str(each) for each in reader.damages)
    path.write_bytes(mcap_file(chunks[1:2], definitions=definitions, is_indexed=is_indexed))
    with BagReader([path]) as reader:
        assert reader.start_nanos == 0
        assert list(reader.messages(every)) == []
        assert len(reader.damages) == 1


def test_reader_can_be_left_at_any_time(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / 'bag', [sent('/a', i, i) for i in range(100)])
    with BagReader([bag]):
        pass
    with BagReader([bag]) as reader:
        next(reader.messages(every))
