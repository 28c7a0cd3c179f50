# SPDX-License-Identifier: Apache-2.0
"""SQLite files, whole, damaged, of all versions."""

from __future__ import annotations

from contextlib import closing
import sqlite3
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rerun_bridge.bags.sqlite_file import SqliteFile
from test.unit.bags.mcap_bytes import cdr, DEFINITION, LATCHED, TYPE_NAME
from test.unit.bags.written_bag import sent, write_bag

if TYPE_CHECKING:
    from pathlib import Path

    from rerun_bridge.bags import Damage, RecordedMessage

MESSAGES = [sent('/a' if i % 2 else '/map', 1000 + 10 * i, i) for i in range(5000)]
FIRST_VERSION = """
CREATE TABLE topics(id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL,
                    serialization_format TEXT NOT NULL);
CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL,
                      timestamp INTEGER NOT NULL, data BLOB NOT NULL);
INSERT INTO topics VALUES (3, '/a', 'trial_msgs/msg/Number', 'cdr');
"""


@pytest.fixture(scope='module')
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a file as the rosbags library writes it."""
    folder = tmp_path_factory.mktemp('written') / 'bag'
    write_bag(folder, MESSAGES, storage='sqlite3', latched=['/map'])
    return (folder / 'bag.db3').read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'trial.db3'


def load(
    path: Path, *topics: str, offered: dict[str, str] | None = None
) -> tuple[list[RecordedMessage], list[Damage]]:
    damages: list[Damage] = []
    with closing(SqliteFile(path, damages.append, offered=offered)) as file:
        found = [
            each
            for segment in file.contents.segments
            for each in file.load(segment, lambda topic: not topics or topic.name in topics)
        ]
    return found, damages


def plain(found: list[RecordedMessage]) -> list[tuple[str, int, bytes]]:
    return [(each.topic.name, each.log_time_nanos, bytes(each.data)) for each in found]


EXPECTED = [(each.topic, each.nanos, each.data) for each in MESSAGES]


def test_whole_file(path: Path, written: bytes) -> None:
    path.write_bytes(written)
    found, damages = load(path)
    assert plain(found) == EXPECTED
    assert damages == []
    topic = found[0].topic
    assert (topic.name, topic.type_name, topic.encoding) == ('/map', TYPE_NAME, 'cdr')
    assert (topic.definition.strip(), topic.definition_format) == (DEFINITION.strip(), 'ros2msg')
    assert topic.is_latched
    assert topic.distribution == 'rosbags'
    assert not found[1].topic.is_latched
    assert found[0].publish_time_nanos == 0


def test_unwanted_topics_are_not_read(path: Path, written: bytes) -> None:
    path.write_bytes(written)
    assert {each.topic.name for each in load(path, '/a')[0]} == {'/a'}


def test_messages_come_in_the_order_of_time(path: Path) -> None:
    database = sqlite3.connect(path)
    database.executescript(FIRST_VERSION)
    rows = [(i, 3, nanos, cdr(i)) for i, nanos in enumerate((50, 20, 90, 20))]
    database.executemany('INSERT INTO messages VALUES (?, ?, ?, ?)', rows)
    database.commit()
    database.close()
    found, damages = load(path, offered={'/a': LATCHED})
    assert [each.log_time_nanos for each in found] == [20, 20, 50, 90]
    assert [each.data for each in found] == [cdr(1), cdr(3), cdr(0), cdr(2)]
    assert damages == []
    topic = found[0].topic
    assert (topic.definition, topic.distribution, topic.is_latched) == ('', '', True)


def test_what_a_stopped_recorder_left_in_its_log_is_read(path: Path, tmp_path: Path) -> None:
    source = tmp_path / 'source.db3'
    recorder = sqlite3.connect(source)
    recorder.execute('PRAGMA journal_mode = WAL')
    recorder.executescript(FIRST_VERSION)
    recorder.execute('INSERT INTO messages VALUES (1, 3, 20, ?)', (cdr(1),))
    recorder.commit()
    for suffix in ('', '-wal'):
        copied = path.with_name(path.name + suffix)
        copied.write_bytes(source.with_name(source.name + suffix).read_bytes())
    recorder.close()
    found, damages = load(path)
    assert plain(found) == [('/a', 20, cdr(1))]
    assert damages == []


@pytest.mark.parametrize('part', [0.2, 0.5, 0.9, 0.999])
def test_cut_file_gives_what_is_there(path: Path, written: bytes, part: float) -> None:
    path.write_bytes(written[: int(len(written) * part)])
    found, damages = load(path)
    got = plain(found)
    assert got == sorted(set(got), key=lambda each: each[1])
    assert set(got) <= set(EXPECTED)
    assert len(got) > len(EXPECTED) * (part - 0.4)
    assert any(damage.is_loss for damage in damages) or got == EXPECTED
    assert all(damage.path == path for damage in damages)


def test_damaged_page_costs_what_is_on_it(path: Path, written: bytes) -> None:
    data = bytearray(written)
    at = data.index(cdr(2000)) // 4096 * 4096
    data[at : at + 4096] = np.random.default_rng(1).bytes(4096)
    path.write_bytes(data)
    found, damages = load(path)
    got = plain(found)
    assert set(got) <= set(EXPECTED)
    assert len(EXPECTED) - 200 < len(got) < len(EXPECTED)
    assert EXPECTED[-1] in got
    assert any('messages are on damaged pages' in damage.text for damage in damages)
    assert all(damage.is_loss for damage in damages)


def test_damaged_index_costs_nothing(path: Path, written: bytes) -> None:
    path.write_bytes(written)
    with closing(sqlite3.connect(path)) as database:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'timestamp_idx'"
        [page] = database.execute(query).fetchone()
    data = bytearray(written)
    data[(page - 1) * 4096 : page * 4096] = bytes(4096)
    path.write_bytes(data)
    found, damages = load(path)
    assert plain(found) == EXPECTED
    assert len(damages) == 1


@pytest.mark.parametrize('rest', [b'', b'no database', bytes(4096)])
def test_what_is_no_bag_is_told(path: Path, rest: bytes) -> None:
    path.write_bytes(b'SQLite format 3\0' + rest)
    found, damages = load(path)
    assert found == []
    assert 'is no readable bag' in damages[0].text


def test_other_databases_are_told(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute('CREATE TABLE topics (id INTEGER)')
        database.execute('INSERT INTO topics VALUES (1)')
        database.commit()
    found, damages = load(path)
    assert found == []
    assert 'is no readable bag' in damages[0].text


@pytest.mark.parametrize('seed', range(30))
def test_random_faults_never_raise(path: Path, written: bytes, seed: int) -> None:
    chance = np.random.default_rng(seed)
    data = bytearray(written)
    for start in chance.integers(20, len(data) - 40, 1 + seed % 20):
        data[start : start + 40] = chance.bytes(40)
    path.write_bytes(data)
    found, _ = load(path)
    assert len(found) <= len(EXPECTED)
