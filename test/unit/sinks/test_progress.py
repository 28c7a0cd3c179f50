# SPDX-License-Identifier: Apache-2.0
"""What a page is told about the messages that it gets."""

from __future__ import annotations

from rerun_bridge.log_encoding import set_store_info
from rerun_bridge.sinks.server.progress import Milestones
from test.unit.samples import message_of, new_id, scalar_rows, STORE


def test_a_milestone_is_later_than_all_before() -> None:
    milestones = Milestones()
    sticky = message_of(scalar_rows(7), is_retained=True)
    past = [message_of(scalar_rows(i)) for i in range(10)]
    recording_id = STORE.recording_id
    assert milestones.name([sticky]) == (recording_id, 'stamp', '7000')
    assert milestones.name(past[:5]) is None
    assert milestones.name(past[5:8]) is None
    assert milestones.name([past[9], past[8]]) == (recording_id, 'stamp', '9000')
    assert milestones.name([past[9]]) is None


def test_what_holds_for_all_times_has_none() -> None:
    static = message_of(scalar_rows(1, static=True), is_retained=True)
    assert Milestones().name([set_store_info(STORE, new_id()), static]) is None


def test_numbers_are_exact() -> None:
    above_doubles = 1_795_642_873_598_329
    found = Milestones().name([message_of(scalar_rows(above_doubles))])
    assert found == (STORE.recording_id, 'stamp', f'{above_doubles}000')
