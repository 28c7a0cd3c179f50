# SPDX-License-Identifier: Apache-2.0
"""
Asks a running viewer; runs in the environment of rerun-sdk, not in ours.

Usage: ``viewer_client.py PORT SCREENSHOT|- [NAME=VALUE ...]``: sets the cursor of each timeline
(sequence, or seconds with an ``s`` behind), then prints one JSON object with the viewer's state,
entities, transform graph and logs.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
import sys
import time
from typing import Any

from rerun.experimental import ViewerClient

MAX_ENTITIES = 10_000


def main() -> None:
    """Print what the viewer says."""
    port, screenshot, *cursors = sys.argv[1:]
    client = ViewerClient(f'rerun+http://127.0.0.1:{port}/proxy')
    for cursor in cursors:
        name, _, value = cursor.partition('=')
        if value == 'follow':
            client.set_time(name, play_state='following')
        elif value.endswith('s'):
            client.set_time(name, timestamp=float(value[:-1]))
        else:
            client.set_time(name, sequence=int(value))
        time.sleep(1.0)
    answer: dict[str, Any] = {
        'state': dataclasses.asdict(client.get_state()),
        'logs': [dataclasses.asdict(entry) for entry in client.get_logs()],
    }
    if answer['state']['active_recording']:
        answer['schema'] = dataclasses.asdict(
            client.get_recording_schema(max_entities=MAX_ENTITIES)
        )
        answer['transforms'] = client.get_transform_graph(include_transforms=True)
    if screenshot != '-':
        client.save_screenshot(str(Path(screenshot).resolve()))
    print(json.dumps(answer, default=str))  # noqa: T201 - the answer


if __name__ == '__main__':
    main()
