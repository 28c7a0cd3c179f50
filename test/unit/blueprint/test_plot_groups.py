# SPDX-License-Identifier: Apache-2.0
"""Which series share a plot, and how they are told apart there."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

from rerun_bridge.blueprint.plot_groups import plot_views, Plotted

if TYPE_CHECKING:
    from rerun_bridge.blueprint import TimeSeriesView

VELOCITY = Plotted(('x [m/s]', 'y [m/s]'))
TURN = Plotted(('z [rad/s]',))
IMU = Plotted(('gyroscope/x', 'gyroscope/y', 'accelerometer/x'))


def arranged(**plotted: Plotted) -> dict[str, list[str]]:
    views = plot_views(named(plotted))
    return {str(view.name): list(view.contents) for view in views}  # type: ignore[arg-type]


def named(plotted: dict[str, Plotted]) -> dict[str, Plotted]:
    """Make paths of names, in which there are no slashes."""
    return {f'/{name.replace("__", "/")}': each for name, each in plotted.items()}


def overrides(view: TimeSeriesView) -> dict[str, dict[str, list[Any]]]:
    """Return what the view overrides, by path and component."""
    return {
        path: {
            str(batch.component_descriptor().component): batch.as_arrow_array().to_pylist()
            for batch in lines.as_component_batches()
        }
        for path, lines in (view.overrides or {}).items()
    }


def test_series_of_a_unit_share_a_plot() -> None:
    assert arranged(odom__linear=VELOCITY, odom__angular=TURN, cmd__linear=VELOCITY) == {
        'velocity [m/s]': ['/cmd/linear', '/odom/linear'],
        '/odom/angular [rad/s]': ['/odom/angular'],
    }


def test_entity_with_several_units_is_in_several_plots() -> None:
    assert arranged(imu=IMU, odom__angular=TURN) == {
        'angular velocity [rad/s]': ['/imu', '/odom/angular'],
        '/imu [m/s²]': ['/imu'],
    }


def test_entities_without_units_have_plots_of_their_own() -> None:
    assert arranged(speed=Plotted(), pid=Plotted(('error', 'output')), level=Plotted()) == {
        '/level': ['/level'],
        '/pid': ['/pid'],
        '/speed': ['/speed'],
    }


def test_battery_is_in_a_plot_per_unit() -> None:
    names = 'percentage', 'voltage', 'current', 'charge', 'temperature'
    found = arranged(battery=Plotted(names), motor=Plotted(unit='°C'))
    assert found == {
        '/battery [V]': ['/battery'],
        '/battery [A]': ['/battery'],
        'temperature [°C]': ['/battery', '/motor'],
        '/battery': ['/battery'],
    }


def test_things_that_have_numbers_share_a_plot() -> None:
    found = arranged(cells__0=Plotted(), cells__1=Plotted(), cells__all=Plotted())
    assert found == {'/cells': ['/cells/0', '/cells/1'], '/cells/all': ['/cells/all']}


def test_units_of_measurements() -> None:
    assert arranged(a=Plotted(unit='Pa'), b=Plotted(unit='Pa'), c=Plotted(unit='bar')) == {
        'pressure [Pa]': ['/a', '/b'],
        '/c [bar]': ['/c'],
    }


def test_joints_come_after_velocities_and_before_the_rest() -> None:
    joints = Plotted(('elbow', 'wrist'))
    found = arranged(
        a__effort=joints, a__position=joints, cmd__linear=VELOCITY, lift__position=Plotted()
    )
    assert list(found) == [
        '/cmd/linear [m/s]',
        'joint positions [rad, m]',
        'joint efforts [N·m, N]',
        '/lift/position',
    ]


def test_names_tell_the_entity_where_several_share_a_plot() -> None:
    [view] = plot_views({'/a': VELOCITY, '/b': VELOCITY})
    found = overrides(view)
    assert found['/a']['SeriesLines:names'] == ['/a x', '/a y']
    assert found['/b']['SeriesLines:names'] == ['/b x', '/b y']
    colors = found['/a']['SeriesLines:colors'] + found['/b']['SeriesLines:colors']
    assert len(set(colors)) == 4
    [view] = plot_views({'/a': VELOCITY})
    assert overrides(view)['/a']['SeriesLines:names'] == ['x', 'y']


def test_only_series_of_the_unit_are_visible() -> None:
    views = {str(view.name): overrides(view) for view in plot_views({'/imu': IMU})}
    visible = 'SeriesLines:visible_series'
    assert views['/imu [rad/s]']['/imu'][visible] == [True, True, False]
    assert views['/imu [m/s²]']['/imu'][visible] == [False, False, True]


def test_series_without_names_are_left_as_they_are() -> None:
    [view] = plot_views({'/a': Plotted()})
    assert not view.overrides
