# SPDX-License-Identifier: Apache-2.0
"""All parameters of the node, in one table."""

from __future__ import annotations

from typing import Any, NamedTuple, TYPE_CHECKING

from rerun_bridge.converters import DEFAULT_MAPPINGS, TimelineNames
from rerun_bridge.converters.options import check_option
from rerun_bridge.converters.value_checks import (
    boolean,
    frame,
    integer,
    number,
    one_of,
    patterns,
    text,
    texts,
)
from rerun_bridge.errors import hint, nearest, ParameterError
from rerun_bridge.node.qos import check_overrides
from rerun_bridge.sinks import DEFAULT_BIND, DEFAULT_MEMORY_LIMIT, WEB_PORT, WS_PORT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rerun_bridge.converters.value_checks import Check

OPTIONS_PREFIX = 'topic_options.'
QOS_PREFIX = 'qos_overrides.'
_SUBSCRIPTION = '.subscription.'
_MAX_PORT = 65535
_MAX_MB = 1 << 20
_DAY_SEC = 86400
_YEAR_SEC = 366 * _DAY_SEC
_MAX_FILES = 1 << 20


class Parameter(NamedTuple):
    """
    One row of the table.

    Attributes
    ----------
    default
        Its value where none is given.
    check
        Returns the value to work with, or raises ParameterError.
    description
        One line for people.
    is_read_only
        Whether it can only be given at the start.

    """

    default: Any
    check: Check
    description: str
    is_read_only: bool = False


_TIMELINES = {
    f'timelines.{field}': Parameter(
        default, text, f'name of the timeline {field}; empty: none', is_read_only=True
    )
    for field, default in TimelineNames._field_defaults.items()
}
PARAMETERS: Mapping[str, Parameter] = {
    'sinks': Parameter(
        ['serve'],
        texts,
        'where the data goes: connect[:host:port], save[:path], serve[:port], spawn[:port] or '
        'none; what is left out is in the parameters of that group',
    ),
    'application_id': Parameter(
        'rerun_bridge', text, 'recordings of the same name share blueprints', is_read_only=True
    ),
    'recording_id': Parameter(
        '',
        text,
        'processes with the same one write to one recording; empty: a new one',
        is_read_only=True,
    ),
    'recording_name': Parameter('', text, 'what the viewer calls the recording; empty: nothing'),
    'replace_sinks': Parameter(
        True,  # noqa: FBT003 - a value in a table
        boolean,
        'whether the services that open a sink replace the others (true) or add one (false)',
    ),
    'blueprint.auto': Parameter(
        True,  # noqa: FBT003 - a value in a table
        boolean,
        'whether viewers get a blueprint made of the topics: the scene, cameras, plots, states',
    ),
    'disconnect.policy': Parameter(
        'drop',
        one_of('drop', 'buffer'),
        'what happens to data while no sink is open: drop, or buffer for the next sink',
    ),
    'connect.addr': Parameter(
        '127.0.0.1:9876', text, 'viewer to connect to: host:port or rerun+http://host:port/proxy'
    ),
    'connect.flush_timeout_sec': Parameter(
        2.0,
        number(maximum=_DAY_SEC),
        'how long to wait for a viewer that takes nothing, in seconds; negative: for ever',
    ),
    'save.path': Parameter(
        '~/rerun/%Y-%m-%d-%H%M%S.rrd', text, 'file to save to; strftime patterns are replaced'
    ),
    'save.overwrite': Parameter(
        False,  # noqa: FBT003 - a value in a table
        boolean,
        'whether save may replace an existing file',
    ),
    'save.max_size_mb': Parameter(
        0,
        integer(0, _MAX_MB),
        'size of a file in MB from which on save goes on in another one; 0: one file',
    ),
    'save.max_duration_sec': Parameter(
        0.0,
        number(0, _YEAR_SEC),
        'time in seconds after which save goes on in another file; 0: one file',
    ),
    'save.max_files': Parameter(
        0,
        integer(0, _MAX_FILES),
        'how many of the files that continue each other are kept; the oldest is deleted; 0: all',
    ),
    'serve.open_browser': Parameter(
        False,  # noqa: FBT003 - a value in a table
        boolean,
        "whether serve opens the page in this machine's browser",
    ),
    'serve.web_port': Parameter(
        WEB_PORT,
        integer(0, _MAX_PORT),
        'port for browsers and native viewers; 0: any that is free',
    ),
    'serve.ws_port': Parameter(
        WS_PORT, integer(0, _MAX_PORT), 'port for WebSockets of programs; 0: any that is free'
    ),
    'serve.bind': Parameter(
        DEFAULT_BIND,
        text,
        'address to serve on: 127.0.0.1 for this machine alone, 0.0.0.0 for others, who may then '
        'all watch',
    ),
    'serve.allowed_hosts': Parameter(
        [], texts, 'names of this machine that it does not know itself, for browsers'
    ),
    'serve.cors_allow_origin': Parameter(
        [],
        texts,
        'patterns of web pages elsewhere that may read the data, such as https://*.example.com',
    ),
    'serve.memory_limit_mb': Parameter(
        DEFAULT_MEMORY_LIMIT >> 20,
        integer(1, _MAX_MB),
        'how much data is kept for viewers that come late, in MB; static data always is',
    ),
    'serve.allow_map_tiles': Parameter(
        False,  # noqa: FBT003 - a value in a table
        boolean,
        'whether the page may fetch the background of maps from the internet',
    ),
    'spawn.port': Parameter(9876, integer(1, _MAX_PORT), 'where a spawned viewer listens'),
    'spawn.connect': Parameter(
        True,  # noqa: FBT003 - a value in a table
        boolean,
        'whether to stream to a spawned viewer',
    ),
    'spawn.memory_limit_mb': Parameter(
        0,
        integer(0, _MAX_MB),
        'when a spawned viewer drops its oldest data, in MB; 0: at 75 % of the memory',
    ),
    'spawn.headless': Parameter(
        False,  # noqa: FBT003 - a value in a table
        boolean,
        'whether to spawn the viewer without a window',
    ),
    'snapshot.seconds': Parameter(
        0.0,
        number(0, _DAY_SEC),
        'how many of the last seconds are kept in memory for the service snapshot; 0: none. '
        'Where they are, disconnect.policy buffer has no effect',
    ),
    'snapshot.max_mb': Parameter(
        512,
        integer(1, _MAX_MB),
        'how much is kept for it at most, in MB; above it less seconds are',
    ),
    'topics.include': Parameter(
        ['.*'], patterns, 'regular expressions; a topic whose whole name matches one is shown'
    ),
    'topics.exclude': Parameter(
        [], patterns, 'regular expressions; a topic whose whole name matches one is not shown'
    ),
    'topics.include_types': Parameter(
        ['.*'], patterns, 'as topics.include, for types such as sensor_msgs/msg/Image'
    ),
    'topics.exclude_types': Parameter([], patterns, 'as topics.exclude, for types'),
    'topics.include_hidden': Parameter(
        False,  # noqa: FBT003 - a value in a table
        boolean,
        'whether topics with a name part that begins with an underscore are shown',
    ),
    'topics.rescan_sec': Parameter(
        1.0, number(0.05, _DAY_SEC), 'how often to look for new topics, in seconds'
    ),
    'fixed_frame': Parameter(
        '',
        frame,
        'frame that does not move, such as map: data are shown where their own frame was in it at '
        'their stamps; empty: where that is at the time that is shown',
        is_read_only=True,
    ),
    'mappings': Parameter(
        list(DEFAULT_MAPPINGS),
        texts,
        'what becomes of messages without code: files, folders, or names of those that come with '
        'the package',
        is_read_only=True,
    ),
    **_TIMELINES,
    'queue.max_mb': Parameter(
        256,
        integer(1, _MAX_MB),
        'how much a file or a connection to a viewer queues before it drops data, in MB; for '
        'those opened from then on. A server has 32 MiB for each who watches',
    ),
    'queue.intake_max_mb': Parameter(
        256,
        integer(1, _MAX_MB),
        'how much received data may wait for its conversion, in MB, before images, then others '
        'are dropped',
    ),
    'convert_threads': Parameter(
        1,
        integer(1, 64),
        'threads that convert; more help only where pictures are decoded',
        is_read_only=True,
    ),
    'intake.use_executor': Parameter(
        False,  # noqa: FBT003 - a value in a table
        boolean,
        "whether to receive through rclpy's executor, which is slower; for rclpy versions "
        'that the faster way fails on',
        is_read_only=True,
    ),
    'status.print_on_exit': Parameter(
        False,  # noqa: FBT003 - a value in a table
        boolean,
        'whether to print the last status as one line of JSON at the end',
    ),
}
GROUPS = frozenset(name.partition('.')[0] for name in PARAMETERS if '.' in name)


def check_parameter(name: str, value: object) -> Any:  # noqa: ANN401 - as the check returns it
    """
    Check one value.

    Parameters
    ----------
    name
        Of any parameter.
    value
        What it shall be.

    Returns
    -------
    object
        The value to work with.

    Raises
    ------
    ParameterError
        If there is no such parameter, naming the nearest one, or the value is bad.

    """
    try:
        if name in PARAMETERS:
            return PARAMETERS[name].check(value)
        if name.startswith(OPTIONS_PREFIX):
            return check_option(name[len(OPTIONS_PREFIX) :], value)
        if name.startswith(QOS_PREFIX):
            return _check_qos(name, value)
    except ParameterError as exc:
        msg = f'{name} {exc}'
        raise ParameterError(msg) from exc
    if name.partition('.')[0] in GROUPS or nearest(name, PARAMETERS):
        msg = f'there is no parameter {name}{hint(name, PARAMETERS)}'
        raise ParameterError(msg)
    return value


def topic_options(values: Mapping[str, Any]) -> dict[str, Any]:
    """
    Collect the options of topics.

    Parameters
    ----------
    values
        All parameters, checked.

    Returns
    -------
    dict
        Values by key, as `resolve_options` takes them.

    """
    return {
        name[len(OPTIONS_PREFIX) :]: value
        for name, value in values.items()
        if name.startswith(OPTIONS_PREFIX)
    }


def qos_overrides(values: Mapping[str, Any]) -> dict[str, dict[str, str | int]]:
    """
    Collect the overrides of quality of service.

    Parameters
    ----------
    values
        All parameters, checked.

    Returns
    -------
    dict
        Policies and their values, by topic.

    """
    overrides: dict[str, dict[str, str | int]] = {}
    for name, value in values.items():
        topic, separator, policy = name[len(QOS_PREFIX) :].partition(_SUBSCRIPTION)
        if name.startswith(QOS_PREFIX) and separator:
            overrides.setdefault(topic, {})[policy] = value
    return overrides


def _check_qos(name: str, value: object) -> Any:  # noqa: ANN401 - as the check returns it
    _, separator, policy = name.partition(_SUBSCRIPTION)
    return check_overrides({policy: value})[policy] if separator else value
