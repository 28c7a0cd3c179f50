# SPDX-License-Identifier: Apache-2.0
"""Layouts are interned."""

from __future__ import annotations

from rerun_bridge.encodings import Component, Layout, Primitive

FLOAT = Primitive('<f4')
A = Component('A', None, None, FLOAT)
B = Component('B', 'my.Archetype', 'my.Type', FLOAT)


def test_same_components_make_the_same_layout() -> None:
    assert Layout.of([A, B]) is Layout.of(iter([B, A]))
    assert Layout.of([A]) is not Layout.of([B])
    assert Layout.of([]).components == ()


def test_components_are_sorted_by_name() -> None:
    assert Layout.of([B, A]).components == (A, B)
