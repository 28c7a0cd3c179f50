# SPDX-License-Identifier: Apache-2.0
"""Where encoded data goes: files, memory, sockets."""

from __future__ import annotations
