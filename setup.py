# SPDX-License-Identifier: Apache-2.0
"""Builds and installs the package, for colcon and for pip."""

from __future__ import annotations

from glob import glob
import sys
import xml.etree.ElementTree as ET

from setuptools import find_packages, setup

NAME = 'rerun_bridge'
COMMANDS = (
    'bag2rrd',
    'bridge',
    'ctl',
    'demo_robot',
    'doctor',
    'fetch_viewer',
    'repair',
    'verify',
)

DATA_FILES = [
    ('share/ament_index/resource_index/packages', [f'resource/{NAME}']),
    (f'share/{NAME}', ['package.xml']),
    (f'share/{NAME}/config', glob('config/*.yaml') + glob('config/*.xml')),
    (f'share/{NAME}/config/mappings', glob('config/mappings/*.yaml')),
    (f'share/{NAME}/launch', glob('launch/*.launch.*')),
]
# pip ignores the script folder of setup.cfg, so a wheel brings its own programs for `ros2 run`.
if {'bdist_wheel', 'sdist'} & set(sys.argv):
    DATA_FILES.append((f'lib/{NAME}', [f'scripts/libexec/{command}' for command in COMMANDS]))

BAGS = ['rosbags>=0.10']
BROWSER = ['playwright>=1.40']
TEST = ['hypothesis>=6.100', 'pytest>=7.4,<9', 'pytest-timeout>=2.1', *BAGS, *BROWSER]

setup(
    name=NAME,
    version=ET.parse('package.xml').getroot().findtext('version'),
    description='Streams ROS 2 topics into the Rerun Viewer.',
    license='Apache-2.0',
    python_requires='>=3.10',
    packages=find_packages(include=[NAME, f'{NAME}.*']),
    package_data={
        NAME: [
            'py.typed',
            'node/demo_robot/meshes/*',
            'sinks/server/page/*',
            'sinks/web_viewer/*.html',
            'sinks/web_viewer/*.js',
        ]
    },
    data_files=DATA_FILES,
    # pyarrow 26 refuses NumPy 1.x, which ROS up to Jazzy brings, and pip does not see that.
    install_requires=[
        'grpcio>=1.51',
        'h11>=0.13',
        'numpy>=1.21',
        'pyarrow>=14,<26',
        'pyyaml>=5.4',
        'websockets>=13',
    ],
    extras_require={
        'bags': BAGS,
        'bench': ['psutil>=5.9'],
        'browser': BROWSER,
        'images': ['pillow>=9'],
        'lint': ['import-linter>=2', 'mypy==2.4.1', 'ruff==0.17.6'],
        'test': TEST,
        'video': ['av>=12'],
    },
    entry_points={
        'console_scripts': [f'{command} = {NAME}.__main__:{command}' for command in COMMANDS],
    },
    zip_safe=False,
)
