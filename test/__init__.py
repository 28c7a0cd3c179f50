# SPDX-License-Identifier: Apache-2.0
"""The tests; a package, so that they find the helpers they share."""

from __future__ import annotations
