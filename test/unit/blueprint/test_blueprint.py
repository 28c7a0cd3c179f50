# SPDX-License-Identifier: Apache-2.0
"""Blueprints as rows; that they equal rerun-sdk's is tested by conformance."""

from __future__ import annotations

from typing import Any

import pytest

from rerun_bridge import blueprint as rrb
from rerun_bridge.archetypes import Arrows3D, DescribedBatch, Points3D, Scalars
from rerun_bridge.errors import UsageError


def rows_of(blueprint: rrb.Blueprint) -> dict[str, dict[str, Any]]:
    """Return the values of all rows, by their paths."""
    found: dict[str, dict[str, Any]] = {}
    for path, (layout, datas) in blueprint.rows():
        batches = map(DescribedBatch, layout.components, datas)
        found.setdefault(path, {}).update(
            (batch.component_descriptor().component, batch.as_arrow_array().to_pylist())
            for batch in batches
        )
    return found


def test_layout_is_a_tree() -> None:
    left, right = rrb.Spatial3DView(name='left'), rrb.TimeSeriesView(name='right')
    root = rrb.Horizontal(left, rrb.Tabs(right), column_shares=[2, 1])
    rows = rows_of(rrb.Blueprint(root))
    assert rows['/viewport'] == {'ViewportBlueprint:root_container': [list(root.id.bytes)]}
    container = rows[f'/{root.blueprint_path()}']
    (tabs,) = (part for part in root.contents if isinstance(part, rrb.Tabs))
    paths = [left.blueprint_path(), tabs.blueprint_path()]
    assert container['ContainerBlueprint:contents'] == paths
    assert container['ContainerBlueprint:col_shares'] == [2, 1]
    assert rows[f'/{left.blueprint_path()}']['ViewBlueprint:display_name'] == ['left']
    assert rows[f'/{right.blueprint_path()}/ViewContents'] == {
        'ViewContents:query': ['$origin/**']
    }


def test_views_alone_become_tabs() -> None:
    view = rrb.Spatial3DView()
    blueprint = rrb.Blueprint(view)
    assert isinstance(blueprint.root_container, rrb.Tabs)
    assert blueprint.root_container.contents == [view]
    grid = rrb.Grid(view)
    assert rrb.Blueprint(grid).root_container is grid
    assert isinstance(rrb.to_blueprint(grid), rrb.Blueprint)
    assert rrb.to_blueprint(blueprint) is blueprint


def test_nothing_leaves_all_to_the_viewer() -> None:
    assert rows_of(rrb.Blueprint()) == {
        '/viewport': {
            'ViewportBlueprint:auto_layout': [True],
            'ViewportBlueprint:auto_views': [True],
        }
    }
    off = rows_of(rrb.Blueprint(auto_views=False))
    assert off['/viewport']['ViewportBlueprint:auto_views'] == [False]


def test_every_id_is_new() -> None:
    assert rrb.Spatial3DView().id != rrb.Spatial3DView().id
    assert rrb.Tabs().id != rrb.Tabs().id


def test_rows_may_be_made_again() -> None:
    blueprint = rrb.Blueprint(rrb.Grid(contents=(rrb.MapView() for _ in range(2))))
    assert rows_of(blueprint) == rows_of(blueprint)


def test_panels() -> None:
    time = rrb.TimePanel(state='expanded', timeline='t', play_state='following', fps=10)
    rows = rows_of(rrb.Blueprint(time, collapse_panels=True))
    assert rows['/time_panel'] == {
        'TimePanelBlueprint:state': [rrb.PanelState.Expanded],
        'TimePanelBlueprint:timeline': ['t'],
        'TimePanelBlueprint:play_state': [rrb.PlayState.Following],
        'TimePanelBlueprint:fps': [10],
    }
    collapsed = {'PanelBlueprint:state': [rrb.PanelState.Collapsed]}
    assert rows['/selection_panel'] == rows['/blueprint_panel'] == collapsed
    assert rrb.TopPanel(expanded=True).state is rrb.PanelState.Expanded


@pytest.mark.parametrize(
    ('parts', 'text'),
    [
        ((rrb.TimePanel(), rrb.TimePanel()), 'there are two of TimePanel'),
        ((Points3D([1, 2, 3]),), 'is no part of a blueprint'),
    ],
)
def test_parts_refused(parts: tuple[Any, ...], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        rrb.Blueprint(*parts)


def test_containers_refuse() -> None:
    with pytest.raises(UsageError, match='leave contents= out'):
        rrb.Tabs(rrb.MapView(), contents=[])
    with pytest.raises(UsageError, match="there is no tab 'x'"):
        rows_of(rrb.Blueprint(rrb.Tabs(rrb.MapView(name='y'), active_tab='x')))


def test_panels_refuse() -> None:
    with pytest.raises(UsageError, match='give state= only'):
        rrb.TimePanel(expanded=True, state='hidden')
    with pytest.raises(UsageError, match='is no PanelState'):
        rows_of(rrb.Blueprint(rrb.TopPanel(state='nonsense')))


def test_views_have_their_own_arguments() -> None:
    with pytest.raises(TypeError):
        rrb.MapView(line_grid=True)  # type: ignore[call-arg]  # wrong on purpose
    with pytest.raises(TypeError):
        rrb.MapView(class_identifier='3D')  # type: ignore[call-arg]  # wrong on purpose


def test_text_logs_have_rows() -> None:
    view = rrb.TextLogView(rows=rrb.TextLogRows(filter_by_log_level=['INFO']), columns=None)
    rows = rows_of(rrb.Blueprint(view))
    path = f'/{view.blueprint_path()}/TextLogRows'
    assert rows[path] == {'TextLogRows:filter_by_log_level': ['INFO']}


def test_defaults_and_overrides() -> None:
    visualizer = rrb.Visualizer(
        'Points3D',
        overrides=Points3D.from_fields(radii=2).as_component_batches(),
        mappings=[rrb.VisualizerComponentMapping('Points3D:colors', 'override')],
    )
    view = rrb.Spatial3DView(
        defaults=[Points3D.from_fields(radii=1), Scalars(1).as_component_batches()],
        overrides={'/a': [visualizer, Arrows3D.from_fields(radii=3)], 'b': rrb.EntityBehavior()},
    )
    rows = rows_of(rrb.Blueprint(view))
    path = f'/{view.blueprint_path()}'
    assert rows[f'{path}/defaults'] == {'Points3D:radii': [1], 'Scalars:scalars': [1]}
    base = f'{path}/ViewContents/overrides/a/visualizers'
    ids = rows[base]['ActiveVisualizers:instruction_ids']
    assert ids[0] == list(visualizer.id.bytes)
    assert len(ids) == 2
    instruction = rows[f'{base}/{visualizer.id}']
    assert instruction['VisualizerInstruction:visualizer_type'] == ['Points3D']
    assert instruction['VisualizerInstruction:component_map'] == [
        {
            'target': 'Points3D:colors',
            'source_kind': 2,
            'source_component': None,
            'selector': None,
        }
    ]
    assert instruction['Points3D:radii'] == [2]


def test_unknown_properties_may_be_given() -> None:
    view = rrb.View(class_identifier='Mine', properties={'Background': rrb.Background([1, 2, 3])})
    rows = rows_of(rrb.Blueprint(view))
    assert rows[f'/{view.blueprint_path()}']['ViewBlueprint:class_identifier'] == ['Mine']
    assert f'/{view.blueprint_path()}/Background' in rows
