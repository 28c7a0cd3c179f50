# SPDX-License-Identifier: Apache-2.0
"""Checks Python and the libraries, against what the package says that it needs."""

from __future__ import annotations

import ast
from importlib import metadata
from pathlib import Path
import platform
import re
import sys
from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.node.doctor.child import run_module
from rerun_bridge.node.doctor.findings import Finding, ok, problem, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULE_OF = {'grpcio': 'grpc', 'pillow': 'PIL', 'pyyaml': 'yaml'}
"""Distributions whose module is called otherwise."""
LIMIT_SEC = 60.0
_NAME = 'rerun_bridge'
_SETUP = Path(__file__).parents[3] / 'setup.py'
_USES = {
    'bags': 'definitions of bags that hold none',
    'images': 'resize and jpeg_quality of pictures',
    'video': 'encode: h264, and Theora',
}
"""What for, by the extras of the package that a user may want."""
_REQUIREMENT = re.compile(r'([\w.-]+)\s*\(?([^;()]*)\)?\s*(?:;.*extra == .(\w+))?')
_BOUND = re.compile(r'(>=|<)\s*([\d.]+)')


class Requirement(NamedTuple):
    """
    A library that the package uses.

    Attributes
    ----------
    name
        Of the distribution.
    bounds
        Of its versions, for instance ``>=14,<26``.
    extra
        What it is for, a key of the package's extras; empty if it is needed always.

    """

    name: str
    bounds: str
    extra: str

    @property
    def module(self) -> str:
        """Get the name to import."""
        return MODULE_OF.get(self.name, self.name)

    def is_too_old(self, version: str) -> bool:
        """Tell whether a version is below the bounds."""
        return any(
            operator == '>=' and _numbers(version) < _numbers(bound)
            for operator, bound in _BOUND.findall(self.bounds)
        )

    def is_too_new(self, version: str) -> bool:
        """Tell whether a version is above the bounds."""
        return any(
            operator == '<' and _numbers(version) >= _numbers(bound)
            for operator, bound in _BOUND.findall(self.bounds)
        )


def check_libraries() -> Iterator[Finding]:
    """Tell whether the libraries can be imported, and are of versions that fit."""
    yield ok(f'Python {platform.python_version()} ({sys.executable})')
    needed = requirements()
    outcome = run_module(
        'imports', *(requirement.module for requirement in needed), limit_sec=LIMIT_SEC - 5
    )
    tried = {name: (version, error) for name, version, error in outcome.items}
    for requirement in needed:
        # What the program was at when it ended is the first that it does not tell about.
        version, error = tried.get(requirement.module, ('', outcome.complaint))
        yield _judge(requirement, _installed(requirement.name) or version, error)
        if requirement.module not in tried:
            break


def requirements() -> list[Requirement]:
    """
    Find out what the package needs: from its metadata, or from its sources if there are none.

    Returns
    -------
    list of Requirement
        Those that are needed always come first.

    """
    try:
        lines = metadata.requires(_NAME) or []
    except metadata.PackageNotFoundError:
        lines = _lines_of_setup()
    matches = [match for match in map(_REQUIREMENT.match, lines) if match]
    found = [Requirement(*(part.strip() for part in match.groups(''))) for match in matches]
    return [each for each in found if not each.extra or each.extra in _USES]


def _lines_of_setup() -> list[str]:
    for node in ast.walk(ast.parse(_SETUP.read_text(encoding='utf-8'))):
        if isinstance(node, ast.keyword) and node.arg == 'install_requires':
            return [str(line) for line in ast.literal_eval(node.value)]
    return []


def _judge(requirement: Requirement, version: str, error: str) -> Finding:
    name, bounds, extra = requirement
    bad = warning if extra else problem
    fix = f"pip install '{name}{bounds}'"
    use = f' (for {_USES[extra]})' if extra else ''
    if not version and 'ModuleNotFoundError' in error:
        fact = f'{name} is not installed{use}'
        return ok(f'{fact}; it is optional: {fix}') if extra else bad(fact, fix)
    fact = f'{name} {version}{use}'
    if error:
        return bad(f'{fact} cannot be imported: {error}', fix)
    if requirement.is_too_old(version):
        return bad(f'{fact} is too old, {bounds} is needed', fix)
    if requirement.is_too_new(version):
        return warning(f'{fact} is newer than what is known to work, {bounds}', fix)
    return ok(fact)


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ''


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r'\d+', version)[:3]))
