# SPDX-License-Identifier: Apache-2.0
"""
Runs calls and writes down what they made; in rerun-sdk's environment as a program.

Usage: ``python archetype_dump.py MODULE`` with a JSON object of groups of calls on stdin; JSON of
the same shape on stdout. Nothing but `MODULE`, NumPy and pyarrow is imported.
"""

from __future__ import annotations

import base64
import enum
import importlib
import inspect
import json
from pathlib import Path
import sys
from typing import Any

import numpy as np
import pyarrow as pa

HERE = str(Path(__file__).parent / 'files')


def encode(array: pa.Array) -> str:
    """Write an array as text."""
    sink = pa.BufferOutputStream()
    batch = pa.RecordBatch.from_arrays([array], ['a'])
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return base64.b64encode(sink.getvalue().to_pybytes()).decode()


def decode(text: str) -> pa.Array:
    """Undo `encode`."""
    batch = pa.ipc.open_stream(base64.b64decode(text)).read_next_batch()
    return batch.column(0)


def dump(value: Any) -> list[Any]:
    """Write an archetype or columns as (component, archetype, component type, array)."""
    batches = value.as_component_batches() if hasattr(value, 'as_component_batches') else value
    found = []
    for batch in batches:
        descriptor = batch.component_descriptor()
        names = (descriptor.component, descriptor.archetype, descriptor.component_type)
        found.append([*names, encode(batch.as_arrow_array())])
    return sorted(found, key=lambda item: item[0])


def run(module: Any, call: str) -> Any:
    """Return what a call makes, or how it fails as a text."""
    names = {
        'rr': module,
        'rrb': importlib.import_module(f'{module.__name__}.blueprint'),
        'np': np,
        'here': HERE,
    }
    try:
        return dump(eval(call, names))  # noqa: S307 - our own texts
    except Exception as exc:  # noqa: BLE001 - the report is the result
        return f'{type(exc).__name__}: {exc}'


def signature_of(cls: Any) -> list[list[Any]]:
    """List name, kind and whether there is a default, of the parameters of a constructor."""
    parameters = list(inspect.signature(cls).parameters.values())
    return [[p.name, p.kind.name, p.default is not p.empty] for p in parameters]


def members_of(cls: Any) -> dict[str, int]:
    """List the members of an enumeration."""
    return {name: getattr(member, 'value', None) for name, member in cls.__members__.items()}


def describe(module: Any, path: str) -> Any:
    """Describe a class by the signature of its constructor, or by its members."""
    found = module
    for name in path.split('.')[1:]:
        found = getattr(found, name)
    return members_of(found) if issubclass(found, enum.Enum) else signature_of(found)


def main(module: Any, groups: dict[str, list[str]]) -> dict[str, dict[str, Any]]:
    """Run all groups; the one named ``classes`` holds names of classes."""
    return {
        group: {
            item: describe(module, item) if group == 'classes' else run(module, item)
            for item in items
        }
        for group, items in groups.items()
    }


if __name__ == '__main__':
    rerun = importlib.import_module(sys.argv[1])
    rerun.set_strict_mode(True)
    json.dump(main(rerun, json.load(sys.stdin)), sys.stdout)
