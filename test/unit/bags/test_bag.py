# SPDX-License-Identifier: Apache-2.0
"""What users name: folders and files, whole, renamed, compressed, incomplete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rerun_bridge.bags import BagReader, identify
from rerun_bridge.bags.bag import find_bag
from rerun_bridge.errors import UsageError
from test.unit.bags.written_bag import sent, STORAGES, write_bag

if TYPE_CHECKING:
    from pathlib import Path

MESSAGES = [sent('/a', 100 + i, i) for i in range(20)]
CASES = [(storage, mode) for storage in STORAGES for mode in ('none', 'file', 'message')]


def read(*paths: Path) -> tuple[list[int], BagReader]:
    with BagReader(paths) as reader:
        return [each.log_time_nanos for each in reader.messages(lambda _: True)], reader


TIMES = [each.nanos for each in MESSAGES]
DATAS = [each.data for each in MESSAGES]


@pytest.mark.parametrize(('storage', 'compression'), [*CASES, ('mcap', 'storage')])
def test_every_way_of_writing(tmp_path: Path, storage: str, compression: str) -> None:
    bag = write_bag(tmp_path / 'my_bag', MESSAGES, storage=storage, compression=compression)
    times, reader = read(bag)
    assert times == TIMES
    assert reader.damages == []
    assert reader.num_messages == {'/a': 20}
    assert reader.bags[0].name == 'my_bag'
    assert reader.num_bytes_read == pytest.approx(reader.num_bytes, abs=2)
    with BagReader([bag]) as reader:
        assert [bytes(each.data) for each in reader.messages(lambda _: True)] == DATAS
    [file] = (path for path in bag.iterdir() if path.suffix != '.yaml')
    # By itself, and under another name, as it happens to downloads.
    assert read(file)[0] == TIMES
    assert read(file.rename(tmp_path / 'download'))[0] == TIMES


@pytest.mark.parametrize('storage', STORAGES)
def test_folder_of_a_recorder_that_was_stopped(tmp_path: Path, storage: str) -> None:
    bag = write_bag(tmp_path / 'bag', MESSAGES, storage=storage)
    (bag / 'metadata.yaml').unlink()
    times, reader = read(bag)
    assert times == TIMES
    assert reader.damages == []


def test_damaged_metadata_are_done_without(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / 'bag', MESSAGES)
    for text in ('rosbag2_bagfile_information: [', 'a: 1', '', '\0'):
        (bag / 'metadata.yaml').write_text(text)
        times, reader = read(bag)
        assert times == TIMES
        [damage] = reader.damages
        assert 'metadata.yaml: is damaged' in str(damage)
        assert not damage.is_loss


def test_missing_file_is_told(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / 'bag', MESSAGES)
    metadata = bag / 'metadata.yaml'
    text = metadata.read_text()
    metadata.write_text(text.replace('  - bag.mcap', '  - bag.mcap\n  - bag_1.mcap', 1))
    times, reader = read(bag)
    assert times == TIMES
    assert [str(damage) for damage in reader.damages] == [f'{bag / "bag_1.mcap"}: is missing']


def test_metadata_may_leave_out_the_suffix_of_compressed_files(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / 'bag', MESSAGES, compression='file')
    metadata = bag / 'metadata.yaml'
    metadata.write_text(metadata.read_text().replace('.mcap.zstd', '.mcap'))
    times, reader = read(bag)
    assert times == TIMES
    assert reader.damages == []


@pytest.mark.parametrize('storage', STORAGES)
def test_compressed_file_that_is_cut(tmp_path: Path, storage: str) -> None:
    bag = write_bag(tmp_path / 'bag', MESSAGES, storage=storage, compression='file')
    [path] = (path for path in bag.iterdir() if path.suffix == '.zstd')
    path.write_bytes(path.read_bytes()[:-20])
    times, reader = read(bag)
    assert set(times) <= set(TIMES)
    assert 'can be unpacked in part only' in str(reader.damages[0])
    assert all(damage.path == path for damage in reader.damages)


@pytest.mark.parametrize(
    ('content', 'problem'),
    [
        (b'', 'is empty'),
        (b'nothing of that kind', 'is neither MCAP nor SQLite'),
        (b'#ROSBAG V2.0\n', 'is a bag of ROS 1; convert it with rosbags-convert first'),
    ],
)
def test_other_files_are_told(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / 'some.bag'
    path.write_bytes(content)
    times, reader = read(path)
    assert times == []
    assert [str(damage) for damage in reader.damages] == [f'{path}: {problem}']


def test_no_bag_at_all(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r'there is no .*missing; name the folder of a bag'):
        find_bag(tmp_path / 'missing')
    with pytest.raises(UsageError, match=r'there is no bag in .*: it has no \.mcap or \.db3'):
        find_bag(tmp_path)


def test_files_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for number in (10, 9, 0):
        (tmp_path / f'bag_{number}.mcap').write_bytes(b'')
    names = [path.name for path in find_bag(tmp_path).files]
    assert names == ['bag_0.mcap', 'bag_9.mcap', 'bag_10.mcap']


def test_identity_is_that_of_the_contents(tmp_path: Path) -> None:
    one, two = tmp_path / 'one', tmp_path / 'two'
    one.write_bytes(b'1' * 100_000)
    two.write_bytes(b'1' * 99_999 + b'2')
    assert identify([one, two]) == identify([two, one])
    assert identify([one]) != identify([two])
    assert len(identify([one])) == 32
    before = identify([one])
    assert identify([one.rename(tmp_path / 'renamed')]) == before
