# SPDX-License-Identifier: Apache-2.0
"""Checks which ROS is in reach, and how its nodes find each other."""

from __future__ import annotations

from importlib.util import find_spec
import os
from pathlib import Path
import shutil
import sys
from typing import TYPE_CHECKING
import xml.etree.ElementTree as ET

from rerun_bridge.node.doctor.child import run_module
from rerun_bridge.node.doctor.findings import Finding, ok, problem, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT_SEC = 30.0
_SYSTEM = Path('/opt/ros')
_SHARED_MEMORY = Path('/dev/shm')  # noqa: S108 - where Linux has it
_MAX_DOMAIN, _MAX_SAFE_DOMAIN = 232, 101
_RANGES = ('SUBNET', 'LOCALHOST', 'OFF', 'SYSTEM_DEFAULT')
_SETTINGS = (
    'ROS_DOMAIN_ID',
    'ROS_AUTOMATIC_DISCOVERY_RANGE',
    'ROS_LOCALHOST_ONLY',
    'ROS_STATIC_PEERS',
    'ROS_DISCOVERY_SERVER',
    'CYCLONEDDS_URI',
)
_PROFILES = ('FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE')
_OLD_FAST_DDS = frozenset({'humble', 'iron', 'jazzy'})
_SMALL_SEGMENT = 4 << 20
_LITTLE_SHARED_MEMORY = 256 << 20


def check_ros() -> Iterator[Finding]:
    """Tell which distribution is sourced, and whether this Python can use it."""
    distro = os.environ.get('ROS_DISTRO')
    spec = find_spec('rclpy')
    if spec is None:
        yield _without_ros(distro)
        return
    middleware = 'rclpy:get_rmw_implementation_identifier'
    outcome = run_module('imports', 'rclpy', middleware, limit_sec=LIMIT_SEC - 5)
    tried = {name: (value, error) for name, value, error in outcome.items}
    for name in ('rclpy', middleware):
        error = tried[name][1] if name in tried else outcome.complaint
        if error:
            yield problem(
                f'{spec.origin} cannot be used: {error}',
                'source the ROS 2 that is made for this Python, and install the middleware that '
                f'RMW_IMPLEMENTATION names ({os.environ.get("RMW_IMPLEMENTATION", "not set")})',
            )
            return
    sourced = f'ROS 2 {distro}' if distro else 'rclpy of an unknown ROS 2 (ROS_DISTRO is not set)'
    yield ok(f'{sourced}, middleware {tried[middleware][0]}')
    yield _missing_packages()


def check_discovery() -> Iterator[Finding]:
    """Tell the settings that decide which nodes are found."""
    known = {name: value for name in _SETTINGS if (value := os.environ.get(name))}
    shown = ', '.join(f'{name}={value}' for name, value in known.items())
    yield ok(shown or 'default settings: domain 0, all computers of the network')
    domain = known.get('ROS_DOMAIN_ID', '0')
    if not domain.isdecimal() or int(domain) > _MAX_DOMAIN:
        yield problem(
            f'ROS_DOMAIN_ID is {domain!r}',
            f'set it to a number from 0 to {_MAX_SAFE_DOMAIN}, the same on all computers',
        )
    elif int(domain) > _MAX_SAFE_DOMAIN:
        yield warning(
            f'the ports of domain {domain} are those that Linux hands out to any program',
            f'set ROS_DOMAIN_ID to a number from 0 to {_MAX_SAFE_DOMAIN}',
        )
    reach = known.get('ROS_AUTOMATIC_DISCOVERY_RANGE', 'SYSTEM_DEFAULT')
    if reach.upper() not in _RANGES:
        yield problem(
            f'ROS_AUTOMATIC_DISCOVERY_RANGE is {reach!r}', f'set it to {", ".join(_RANGES)}'
        )
    elif reach.upper() == 'OFF':
        yield warning(
            'with ROS_AUTOMATIC_DISCOVERY_RANGE=OFF no other node is found',
            'set it to LOCALHOST or SUBNET, or name computers in ROS_STATIC_PEERS',
        )
    elif 'ROS_AUTOMATIC_DISCOVERY_RANGE' in known and os.environ.get('ROS_DISTRO') == 'humble':
        yield warning(
            'ROS 2 Humble does not know ROS_AUTOMATIC_DISCOVERY_RANGE', 'use ROS_LOCALHOST_ONLY=1'
        )


def check_fast_dds() -> Iterator[Finding]:
    """Tell how much shared memory Fast DDS keeps: pictures that find no room come late."""
    middleware = os.environ.get('RMW_IMPLEMENTATION') or 'rmw_fastrtps_cpp'
    if not find_spec('rclpy') or not middleware.startswith('rmw_fastrtps'):
        yield ok('not in use')
        return
    name = _profile_variable()
    from rerun_bridge.converters.mappings.library import shipped  # noqa: PLC0415 - needs libraries

    fix = f'for pictures start all nodes with {name}={shipped("config/fast_dds.xml")}'
    profile = os.environ.get(name)
    if not profile:
        yield warning('no profile: 0.5 MB of shared memory per process, less than a picture', fix)
        return
    try:
        elements = list(ET.parse(profile).iter())
    except (OSError, ET.ParseError) as exc:
        yield problem(f'{name} names a profile that cannot be read: {exc}', fix)
        return
    sizes = [int(each.text or 0) for each in elements if each.tag.endswith('}segment_size')]
    if not sizes or max(sizes) < _SMALL_SEGMENT:
        yield warning(f'{profile} asks for less than {_SMALL_SEGMENT >> 20} MB per process', fix)
    else:
        yield ok(f'{max(sizes) / 2**20:.0f} MB of shared memory per process, by {profile}')


def check_shared_memory() -> Iterator[Finding]:
    """Tell how much room the middleware has."""
    if not _SHARED_MEMORY.is_dir():
        yield ok(f'there is no {_SHARED_MEMORY} here')
        return
    free = shutil.disk_usage(_SHARED_MEMORY).free
    fact = f'{free >> 20} MB are free in {_SHARED_MEMORY}'
    fix = f'remove what ended nodes left ({_SHARED_MEMORY}/fastrtps_*, fastdds_*) while none run'
    if free < _LITTLE_SHARED_MEMORY:
        yield warning(fact, f'{fix}; in a container start it with --shm-size=1g or --ipc=host')
    else:
        yield ok(fact)


def _profile_variable() -> str:
    """Return what the Fast DDS of this ROS calls it; of an unknown one what is set."""
    distro = os.environ.get('ROS_DISTRO')
    if distro is None:
        return next(filter(os.environ.get, _PROFILES), _PROFILES[0])
    return _PROFILES[distro in _OLD_FAST_DDS]


def _without_ros(distro: str | None) -> Finding:
    python = f'{sys.version_info.major}.{sys.version_info.minor}'
    if distro:
        made_for = sorted({path.parents[1].name for path in _places_of_rclpy()})
        found = f'it is made for {", ".join(made_for)}' if made_for else 'it has none'
        return problem(
            f'ROS 2 {distro} is sourced, but Python {python} finds no rclpy: {found}',
            'use the Python of the system, without a virtual environment or with one of '
            '`python3 -m venv --system-site-packages`',
        )
    installed = sorted(_SYSTEM.glob('*/setup.bash'))
    fix = (
        'for the node install ROS 2, or its wheels: pip install ros-kilted-rclpy '
        'ros-kilted-rmw-fastrtps-cpp ros-kilted-common-interfaces'
    )
    if installed:
        fix = f'source {installed[-1]}'
    return warning(f'no ROS 2 is in reach of Python {python}; the SDK and bag2rrd need none', fix)


def _places_of_rclpy() -> list[Path]:
    prefixes = os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep)
    return [
        path
        for prefix in filter(None, prefixes)
        for path in Path(prefix).glob('lib/python*/*-packages/rclpy')
    ]


def _missing_packages() -> Finding:
    """Name the packages with converters that are not here; nobody has them all."""
    from rerun_bridge.converters import supported_types  # noqa: PLC0415 - needs the libraries

    packages = {name.partition('/')[0] for name in supported_types()}
    missing = sorted(name for name in packages if not find_spec(name))
    return ok(f'known message packages that are not here: {", ".join(missing) or "none"}')
