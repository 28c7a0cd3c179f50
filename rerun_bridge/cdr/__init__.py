# SPDX-License-Identifier: Apache-2.0
"""CDR bytes in, typed views out."""

from __future__ import annotations
