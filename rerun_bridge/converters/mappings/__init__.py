# SPDX-License-Identifier: Apache-2.0
"""
Mappings: files that say, without code, what becomes of messages.

::

    YAML --document--> nodes --parsing--> specification
                                               |  and the definitions of a type
                                               v
                                   plan: outputs of sources of fields --> entries

What a file says is checked twice: when it is read, and when the first topic of its type is there.
"""

from __future__ import annotations

from rerun_bridge.converters.mappings.library import DEFAULT_MAPPINGS, load_mappings, Mappings

__all__ = ['DEFAULT_MAPPINGS', 'Mappings', 'load_mappings']
