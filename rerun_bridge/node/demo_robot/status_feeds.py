# SPDX-License-Identifier: Apache-2.0
"""How the robot is: battery, diagnostics, weather, mode and a few plain numbers."""

from __future__ import annotations

from typing import NamedTuple, TYPE_CHECKING

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from geometry_msgs.msg import Vector3Stamped
from sensor_msgs.msg import (
    BatteryState,
    FluidPressure,
    Illuminance,
    RelativeHumidity,
    Temperature,
)
from std_msgs.msg import Bool, Int32, String

from rerun_bridge.node.demo_robot import readings
from rerun_bridge.node.demo_robot.feed import Feed, Topic, vector
from rerun_bridge.node.demo_robot.robot import NAME

if TYPE_CHECKING:
    from rerun_bridge.node.demo_robot.feed import Moment
    from rerun_bridge.node.demo_robot.simulation import Simulation

_STANDSTILL, _TURNING = 0.05, 0.15
_LEVELS = (DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR)


class _Health(NamedTuple):
    name: str
    value: float
    unit: str
    # Badness of the value and of the limits to WARN and ERROR; more is worse.
    badness: float
    limits: tuple[float, float]


def feeds(_simulation: Simulation) -> list[Feed]:
    """Describe the topics about the robot's state."""
    count = 0

    def counter(_moment: Moment) -> tuple[Int32]:
        nonlocal count
        count += 1
        return (Int32(data=count),)

    return [
        Feed(1.0, [Topic('/battery', BatteryState)], _battery),
        Feed(1.0, [Topic('/diagnostics', DiagnosticArray)], _diagnostics),
        Feed(
            1.0,
            [
                Topic('/temperature', Temperature),
                Topic('/pressure', FluidPressure),
                Topic('/humidity', RelativeHumidity),
                Topic('/illuminance', Illuminance),
            ],
            _weather,
        ),
        Feed(5.0, [Topic('/wind', Vector3Stamped)], _wind),
        Feed(5.0, [Topic('/mode', String), Topic('/emergency_stop', Bool)], _mode),
        Feed(2.0, [Topic('/counter', Int32)], counter),
    ]


def _battery(moment: Moment) -> tuple[BatteryState]:
    state = readings.battery(moment.time_sec, moment.motion)
    capacity = readings.BATTERY_CAPACITY
    return (
        BatteryState(
            header=moment.header('base_link'),
            voltage=state.voltage,
            temperature=state.temperature,
            current=state.current,
            charge=capacity * state.percentage,
            capacity=capacity,
            design_capacity=capacity,
            percentage=state.percentage,
            power_supply_status=BatteryState.POWER_SUPPLY_STATUS_DISCHARGING,
            power_supply_health=BatteryState.POWER_SUPPLY_HEALTH_GOOD,
            power_supply_technology=BatteryState.POWER_SUPPLY_TECHNOLOGY_LION,
            present=True,
            cell_voltage=[state.voltage / readings.CELLS] * readings.CELLS,
            location='base',
            serial_number='DEMO-0001',
        ),
    )


def _diagnostics(moment: Moment) -> tuple[DiagnosticArray]:
    motors = readings.motor_temperature(moment.time_sec)
    charge = 100 * readings.battery(moment.time_sec, moment.motion).percentage
    gust = sum(value * value for value in readings.weather(moment.time_sec).wind) ** 0.5
    table = (
        _Health('drive motors', motors, 'degC', motors, (58.0, 66.0)),
        _Health('battery', charge, 'percent', -charge, (-40.0, -15.0)),
        _Health('wind', gust, 'm/s', gust, (3.0, 4.5)),
    )
    status = [_status(health) for health in table]
    return (DiagnosticArray(header=moment.header(''), status=status),)


def _status(health: _Health) -> DiagnosticStatus:
    crossed = sum(health.badness > limit for limit in health.limits)
    return DiagnosticStatus(
        level=_LEVELS[crossed],
        name=f'{NAME}: {health.name}',
        message=('OK', 'near its limit', 'beyond its limit')[crossed],
        hardware_id=NAME,
        values=[KeyValue(key=health.unit, value=f'{health.value:.2f}')],
    )


def _weather(
    moment: Moment,
) -> tuple[Temperature, FluidPressure, RelativeHumidity, Illuminance]:
    weather = readings.weather(moment.time_sec)
    header = moment.header('base_link')
    return (
        Temperature(header=header, temperature=weather.temperature, variance=0.04),
        FluidPressure(header=header, fluid_pressure=weather.pressure, variance=9.0),
        RelativeHumidity(header=header, relative_humidity=weather.humidity, variance=1e-4),
        Illuminance(header=header, illuminance=weather.illuminance, variance=2500.0),
    )


def _wind(moment: Moment) -> tuple[Vector3Stamped]:
    wind = readings.weather(moment.time_sec).wind
    return (Vector3Stamped(header=moment.header('map'), vector=vector(wind)),)


def _mode(moment: Moment) -> tuple[String, Bool]:
    motion = moment.motion
    stopped = abs(motion.speed) < _STANDSTILL
    turn = 'turn left' if motion.yaw_rate > 0 else 'turn right'
    driving = turn if abs(motion.yaw_rate) > _TURNING else 'cruise'
    return String(data='stopped' if stopped else driving), Bool(data=stopped)
