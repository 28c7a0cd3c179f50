# SPDX-License-Identifier: Apache-2.0
"""README says what the code does."""

from __future__ import annotations

import pytest

from test.readme import README, with_tables


def test_tables_are_those_of_the_code() -> None:
    pytest.importorskip('rclpy')
    text = README.read_text()
    assert text == with_tables(text), 'run: python -m test.readme'
