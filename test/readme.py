# SPDX-License-Identifier: Apache-2.0
"""The tables of README.md, made from the code: ``python -m test.readme`` writes them."""

from __future__ import annotations

import json
from pathlib import Path

from rerun_bridge.converters import supported_types
from rerun_bridge.converters.base import find_converter
from rerun_bridge.converters.options import DEFAULTS, KINDS, OPTIONS

README = Path(__file__).parents[1] / 'README.md'


def parameters_table() -> str:
    """Return a row per parameter of the node."""
    from rerun_bridge.node.parameters import PARAMETERS  # noqa: PLC0415 - needs ROS

    rows = [
        f'| `{name}`{" ro" if row.is_read_only else ""} | `{json.dumps(row.default)}` '
        f'| {row.description} |'
        for name, row in PARAMETERS.items()
    ]
    return '\n'.join(('| parameter | default | meaning |', '|---|---|---|', *rows))


def options_table() -> str:
    """Return a row per option of topics, and what the groups of types are."""
    rows = [
        f'| `{name}` | {", ".join(row.kinds) or "all"} | `{json.dumps(DEFAULTS[name])}` '
        f'| {row.meaning} |'
        for name, row in OPTIONS.items()
    ]
    kinds = [
        f'- {kind}: {", ".join(f"`{each}`" for each in types)}'.replace('/msg/', '/')
        for kind, types in KINDS.items()
    ]
    head = '| option | for | default | meaning |', '|---|---|---|---|'
    return '\n'.join((*head, *rows, '', *kinds))


def types_table() -> str:
    """Return a row per type that has a converter of its own."""
    rows = []
    for name in sorted(supported_types()):
        converter = find_converter(name)
        assert converter is not None
        line = (converter.factory.__doc__ or '').strip().splitlines()[0]
        rows.append(f'| {name.replace("/msg/", "/")} | {line.removeprefix("Make ")} |')
    return '\n'.join(('| type | what the bridge makes of it |', '|---|---|', *rows))


TABLES = {'parameters': parameters_table, 'options': options_table, 'types': types_table}


def with_tables(text: str) -> str:
    """Return README with fresh tables."""
    for name, make in TABLES.items():
        begin, end = f'<!-- {name}: begin -->\n', f'<!-- {name}: end -->'
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        assert found, f'README.md has no place for the table of {name}'
        text = f'{before}{begin}{make()}\n{end}{after}'
    return text


if __name__ == '__main__':
    README.write_text(with_tables(README.read_text()))
