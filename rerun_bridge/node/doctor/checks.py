# SPDX-License-Identifier: Apache-2.0
"""All checks of `doctor`, in one table, and what runs them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from threading import Thread
from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.errors import RerunBridgeError
from rerun_bridge.node.doctor import libraries, ros
from rerun_bridge.node.doctor.child import run_module
from rerun_bridge.node.doctor.findings import Finding, from_error, ok, problem, warning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_LIMIT_SEC = 15.0


class Check(NamedTuple):
    """
    One row of the table.

    Attributes
    ----------
    name
        For people.
    run
        Finds out; a generator, so that what it found remains if it fails later.
    needs
        Names of checks that must have found no problem before.
    limit_sec
        How long it may take.

    """

    name: str
    run: Callable[[], Iterable[Finding]]
    needs: tuple[str, ...] = ()
    limit_sec: float = _LIMIT_SEC


def checks(graph_sec: float | None) -> list[Check]:
    """
    List what is to be checked.

    Parameters
    ----------
    graph_sec
        How long to look at the graph; None not to look.

    Returns
    -------
    list of Check
        In their order.

    """
    libraries_first = ('libraries',)
    table = [
        Check('libraries', libraries.check_libraries, limit_sec=libraries.LIMIT_SEC),
        Check('ROS', ros.check_ros, libraries_first, ros.LIMIT_SEC),
        Check('discovery', ros.check_discovery),
        Check('Fast DDS', ros.check_fast_dds, libraries_first),
        Check('shared memory', ros.check_shared_memory),
        Check('ports', _late('ports', 'check_ports'), libraries_first),
        Check('native viewer', _late('machine', 'check_native_viewer'), libraries_first),
        Check('web viewer', _late('machine', 'check_web_viewer'), libraries_first),
        Check('recordings', _late('machine', 'check_recordings'), libraries_first),
    ]
    if graph_sec is not None:
        limit_sec = graph_sec + _LIMIT_SEC
        look = Check('graph', lambda: _look(graph_sec), ('libraries', 'ROS'), limit_sec + 1)
        table.append(look)
    return table


def examine(table: Iterable[Check]) -> Iterator[tuple[Check, list[Finding]]]:
    """
    Run checks one after the other.

    Parameters
    ----------
    table
        Checks; later ones may need earlier ones.

    Yields
    ------
    tuple of Check and list of Finding
        One that fails by surprise, or takes too long, is a finding.

    """
    failed: set[str] = set()
    for check in table:
        missing = [name for name in check.needs if name in failed]
        if missing:
            names = ' and '.join(missing)
            found = [warning(f'not checked, before what is said above about {names} is mended')]
        else:
            found = _run(check)
        if missing or any(finding.level == 'problem' for finding in found):
            failed.add(check.name)
        yield check, found


def _run(check: Check) -> list[Finding]:
    found: list[Finding] = []

    def work() -> None:
        try:
            found.extend(check.run())
        except RerunBridgeError as exc:
            found.append(from_error(exc))
        except Exception as exc:  # noqa: BLE001 - one check must not end the others
            found.append(_surprise(f'failed: {type(exc).__name__}: {exc}'))

    # Python waits at its end for the threads of a pool, but not for this one.
    thread = Thread(target=work, name=f'doctor-{check.name}', daemon=True)
    thread.start()
    thread.join(check.limit_sec)
    if thread.is_alive():
        return [*found, _surprise(f'took more than {check.limit_sec:.0f} s')]
    return found


def _surprise(what: str) -> Finding:
    return warning(f'this check {what}', 'please report it, if nothing above explains it')


def _late(module: str, function: str) -> Callable[[], Iterable[Finding]]:
    """Import a check when it runs: its libraries may be missing."""

    def run() -> Iterable[Finding]:
        found: Iterable[Finding] = getattr(import_module(f'{__package__}.{module}'), function)()
        return found

    return run


def _look(seconds: float) -> Iterator[Finding]:
    if not find_spec('rclpy'):
        yield ok('not looked at: there is no rclpy')
        return
    outcome = run_module('graph', f'{seconds}', limit_sec=seconds + _LIMIT_SEC)
    yield from (Finding(*item) for item in outcome.items)
    if outcome.complaint:
        yield problem(f'the graph could not be looked at: {outcome.complaint}')
