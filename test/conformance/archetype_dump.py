# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: ANN401 - values of two worlds have no common types
"""
Runs calls and writes down what they made; in rerun-sdk's environment as a program.

``python archetype_dump.py MODULE`` writes JSON. The calls stand in ``cases/*.txt``, one a line;
`rr` is rerun-sdk or rerun_bridge, `rrb` its blueprint module, `np` NumPy, `here` a folder of
files. Nothing but `MODULE`, NumPy and pyarrow is imported.
"""

from __future__ import annotations

import base64
import enum
import importlib
import inspect
import io
import json
from pathlib import Path
import re
import sys
from typing import Any
import uuid

import numpy as np
import pyarrow as pa

FOLDER = Path(__file__).parent
UUID = re.compile(r'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}')


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


def names_for(module: Any) -> dict[str, Any]:
    """Return what calls may use."""
    return {
        'rr': module,
        'rrb': importlib.import_module(f'{module.__name__}.blueprint'),
        'np': np,
        'io': io,
        'here': str(FOLDER / 'files'),
    }


def run(module: Any, call: str) -> Any:
    """Return what a call makes, or how it fails as a text."""
    try:
        return dump(eval(call, names_for(module)))  # noqa: S307 - our own texts
    except Exception as exc:  # noqa: BLE001 - the report is the result
        return f'{type(exc).__name__}: {exc}'


class Stream:
    """What a blueprint of rerun-sdk logs to."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Any]] = []

    def log(self, path: str, value: Any, *, static: bool = False) -> None:
        """Keep a row."""
        assert not static
        self.rows.append((path, value))


def blueprint_rows(module: Any, call: str) -> Any:
    """Return the rows of a blueprint; ids become numbers in the order of their appearance."""
    value = eval(call, names_for(module))  # noqa: S307 - our own texts
    if hasattr(value, 'rows'):
        rows = [(path, row_batches(columns)) for path, columns in value.rows()]
    else:
        stream = Stream()
        value._log_to_stream(stream)  # noqa: SLF001 - there is no other way to see the rows
        rows = [
            (path, getattr(row, 'as_component_batches', lambda row=row: row)())
            for path, row in stream.rows
        ]
    found = [[path.strip('/'), sorted(map(readable, batches))] for path, batches in rows]
    text = json.dumps([row for row in found if row[1]])
    ids = list(dict.fromkeys(UUID.findall(text)))
    for number, each in enumerate(ids):
        text = text.replace(each, f'id{number}')
    return json.loads(text)


def row_batches(columns: Any) -> list[Any]:
    """Return the batches of our encoded columns."""
    batches = importlib.import_module('rerun_bridge.archetypes').DescribedBatch
    return [batches(*item) for item in zip(columns.layout.components, columns.datas, strict=True)]


def readable(batch: Any) -> tuple[str, str, str, list[Any]]:
    """Describe a batch; 16 bytes are an id."""
    descriptor = batch.component_descriptor()
    values = [
        str(uuid.UUID(bytes=bytes(item))) if isinstance(item, list) and len(item) == 16 else item
        for item in batch.as_arrow_array().to_pylist()
    ]
    return (descriptor.component, descriptor.archetype, descriptor.component_type, values)


def signature_of(cls: Any) -> list[list[Any]]:
    """List name, kind and whether there is a default, of the parameters of a constructor."""
    parameters = list(inspect.signature(cls).parameters.values())
    return [[p.name, p.kind.name, p.default is not p.empty] for p in parameters]


def members_of(cls: Any) -> dict[str, Any]:
    """List the members of an enumeration."""
    return {name: getattr(member, 'value', None) for name, member in cls.__members__.items()}


def describe(module: Any, path: str) -> Any:
    """Describe a class by the signature of its constructor, or by its members."""
    found = module
    for name in path.split('.')[1:]:
        found = getattr(found, name)
    return members_of(found) if issubclass(found, enum.Enum) else signature_of(found)


def cases(group: str) -> list[str]:
    """Read the calls of a group."""
    lines = (FOLDER / 'cases' / f'{group}.txt').read_text('utf-8').splitlines()
    return [line for line in lines if line and not line.startswith('#')]


HOW = {'calls': run, 'refused': run, 'classes': describe, 'blueprints': blueprint_rows}


def main(module: Any) -> dict[str, dict[str, Any]]:
    """Run all calls."""
    return {
        group: {case: how(module, case) for case in cases(group)} for group, how in HOW.items()
    }


if __name__ == '__main__':
    rerun = importlib.import_module(sys.argv[1])
    rerun.set_strict_mode(True)
    json.dump(main(rerun), sys.stdout)
