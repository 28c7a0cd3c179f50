# SPDX-License-Identifier: Apache-2.0
"""package.xml, as the tools of ROS read it (xmllint would fetch its schema from the network)."""

from __future__ import annotations

from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]


@pytest.mark.linter
@pytest.mark.xmllint
def test_package_xml() -> None:
    catkin_package = pytest.importorskip('catkin_pkg.package')
    warnings: list[str] = []
    package = catkin_package.parse_package(str(REPO), warnings=warnings)
    package.validate(warnings=warnings)
    assert warnings == []
    assert package.name == 'rerun_bridge'
    assert package.get_build_type() == 'ament_python'
