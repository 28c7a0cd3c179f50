# SPDX-License-Identifier: Apache-2.0
"""Benchmarks: side by side with their peers, in one run, as ratios."""

from __future__ import annotations
