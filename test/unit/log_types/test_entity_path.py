# SPDX-License-Identifier: Apache-2.0
"""Paths have one canonical form."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from rerun_bridge.errors import UsageError
from rerun_bridge.log_types import new_entity_path, normalize_entity_path


@pytest.mark.parametrize(
    ('written', 'canonical'),
    [
        ('a/b', '/a/b'),
        ('/a/b/', '/a/b'),
        ('/', '/'),
        ('', '/'),
        ('//a', '/a'),
        ('my pts', '/my\\ pts'),
        ('/my\\ pts', '/my\\ pts'),
        ('/größe', '/größe'),
        ('a.b-c_d', '/a.b-c_d'),
        ('a:b', '/a\\:b'),
        ('a\\u{1F600}', '/a\\u{1F600}'),
        ('a😀', '/a\\u{1F600}'),
        ('a\nb', '/a\\nb'),
    ],
)
def test_canonical_form(written: str, canonical: str) -> None:
    assert normalize_entity_path(written) == canonical
    assert normalize_entity_path(canonical) == canonical


@given(st.lists(st.text(min_size=1).filter(lambda part: '/' not in part), max_size=4))
def test_parts_survive(parts: list[str]) -> None:
    path = new_entity_path(parts)
    assert normalize_entity_path(path) == path


def test_slash_in_a_part_is_escaped() -> None:
    assert new_entity_path(['a/b', 1]) == '/a\\/b/1'
    assert normalize_entity_path('/a\\/b/1') == '/a\\/b/1'


@pytest.mark.parametrize('bad', ['a\\', 'a\\u{zz}', 'a\\u{FFFFFFFF}'])
def test_bad_escape(bad: str) -> None:
    with pytest.raises(UsageError, match='entity path'):
        normalize_entity_path(bad)
