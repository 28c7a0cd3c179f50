# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rerun_bridge.converters.mappings.document import at, Node, read_document
from rerun_bridge.errors import MappingError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'some.yaml'


def test_values_know_their_lines(path: Path) -> None:
    path.write_text('# c\na: 1\nb:\n  - x\n  - {c: 2.5, d: true}\n', encoding='utf-8')
    root = read_document(path)
    assert root.plain() == {'a': 1, 'b': ['x', {'c': 2.5, 'd': True}]}
    assert root.value['b'].value[1].value['d'] == Node(value=True, where='some.yaml, line 5')


def test_words_that_yaml_1_1_takes_for_truth_values_are_words(path: Path) -> None:
    path.write_text('[off, on, no, yes, y, true, False]')
    assert read_document(path).plain() == ['off', 'on', 'no', 'yes', 'y', True, False]


def test_aliases(path: Path) -> None:
    path.write_text('- &a [1]\n- *a\n')
    assert read_document(path).plain() == [[1], [1]]


def test_nothing(path: Path) -> None:
    path.write_text('# only a comment\n')
    assert read_document(path) == Node(None, 'some.yaml')


@pytest.mark.parametrize(
    ('text', 'error'),
    [
        ('a: 1\na: 2', "some.yaml, line 2: the key 'a' is given twice"),
        ('? [a]\n: 1', r"some.yaml, line 1: the key \['a'\]"),
        ('a: [', 'some.yaml is no YAML'),
        ('--- 1\n--- 2', 'some.yaml is no YAML'),
        ('!!python/object:os.system x', 'some.yaml is no YAML'),
        ('&a [*a]', 'some.yaml is no YAML'),
        ('[' * 5000, 'some.yaml is no YAML'),
    ],
)
def test_what_is_refused(path: Path, text: str, error: str) -> None:
    path.write_text(text)
    with pytest.raises(MappingError, match=error):
        read_document(path)


def test_aliases_of_aliases_end(path: Path) -> None:
    lines = ['- &a0 [x, x, x, x, x, x, x, x, x, x]']
    lines += [f'- &a{i} [{", ".join([f"*a{i - 1}"] * 10)}]' for i in range(1, 9)]
    path.write_text('\n'.join(lines))
    with pytest.raises(MappingError, match='too many values; use fewer aliases'):
        read_document(path)


def test_files_that_cannot_be_read(path: Path) -> None:
    with pytest.raises(MappingError, match=r'some\.yaml cannot be read'):
        read_document(path)
    path.write_bytes(b'\xff\xfe\x00')
    with pytest.raises(MappingError, match=r'some\.yaml cannot be read'):
        read_document(path)


def test_the_innermost_place_of_an_error_counts() -> None:
    def fail() -> None:
        with at('outer'), at('inner'):
            msg = 'that is wrong'
            raise MappingError(msg)

    with pytest.raises(MappingError, match=r'^inner: that is wrong$'):
        fail()
