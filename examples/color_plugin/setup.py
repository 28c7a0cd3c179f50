# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: INP001 - a package of its own
"""A plug-in of rerun_bridge: `pip install examples/color_plugin`, or build it with colcon."""

from __future__ import annotations

from setuptools import setup

setup(
    name='rerun_bridge_color_plugin',
    version='0.1.0',
    description='Shows the colors of lights in Rerun.',
    license='Apache-2.0',
    py_modules=['rerun_bridge_color_plugin'],
    install_requires=['rerun_bridge'],
    entry_points={'rerun_bridge.converters': ['color = rerun_bridge_color_plugin']},
)
