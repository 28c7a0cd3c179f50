# SPDX-License-Identifier: Apache-2.0
"""The recording stream and the public functions."""

from __future__ import annotations
