# SPDX-License-Identifier: Apache-2.0
"""A real browser without a window: Chromium, driven by playwright."""

from __future__ import annotations

from contextlib import contextmanager
import json
import os
from pathlib import Path
import shutil
import time
from typing import Any, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

READY_TIMEOUT_SEC = 60.0
_POLL_SEC = 0.25
_NAMES = ('chromium', 'chromium-browser', 'google-chrome')
_FLAGS = (
    '--no-sandbox',
    '--use-gl=angle',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist',
)
_HIDDEN = ('_ROS_WHEELS_BOOTSTRAP_COMPLETE', 'LD_LIBRARY_PATH')
_ASK_STATE = """async (max_entities) => {
  if (!globalThis.viewer?.ready) return null;
  const state = await viewer.get_state();
  for (const recording of max_entities ? state.recordings : []) {
    const schema = await viewer.get_recording_schema({
      recording: recording.store_id,
      max_entities,
    });
    recording.entities = schema.entities.map((entity) => entity.path ?? entity.entity_path);
  }
  return JSON.stringify(state, (_, value) => (typeof value === 'bigint' ? Number(value) : value));
}"""
PICTURES = Path(os.environ.get('TEST_PICTURES', Path(__file__).parents[1] / 'build' / 'pictures'))
"""Where screenshots are kept."""


def find_chromium() -> str | None:
    """Find the browser; None if this machine has none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def chromium(hosts: Mapping[str, str] | None = None) -> Iterator[Any]:
    """
    Run a browser until the block ends.

    Parameters
    ----------
    hosts
        Addresses of made-up host names; all other names but those of this machine are unknown.

    Yields
    ------
    playwright.sync_api.Browser
        The browser.

    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is installed

    rules = [f'MAP {name} {address}' for name, address in (hosts or {}).items()]
    rules += ['MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1', 'EXCLUDE localhost']
    env: dict[str, str | float | bool] = {
        name: value for name, value in os.environ.items() if name not in _HIDDEN
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(),
            args=[*_FLAGS, f'--host-resolver-rules={", ".join(rules)}'],
            env=env,
        )
        try:
            yield browser
        finally:
            browser.close()


def wait_in(page: Any, holds: Callable[[], bool], timeout_sec: float = READY_TIMEOUT_SEC) -> bool:  # noqa: ANN401 - playwright's page
    """Wait until something holds, while the page runs on; tell whether it does."""
    deadline = time.monotonic() + timeout_sec
    while not holds():
        if time.monotonic() > deadline:
            return False
        page.wait_for_timeout(_POLL_SEC * 1000)
    return True


def viewer_state(
    frame: Any,  # noqa: ANN401 - playwright's page or frame
    max_entities: int = 10_000,
) -> dict[str, Any] | None:
    """
    Ask the web viewer that a page or frame has made its global ``viewer``.

    Parameters
    ----------
    frame
        The page or frame.
    max_entities
        How many of each recording to tell; 0 for none, since all of them take a slow page long.

    Returns
    -------
    dict or None
        The viewer's own state, with the paths of the ``entities`` of each of its recordings; None
        while it starts.

    """
    answer = frame.evaluate(_ASK_STATE, max_entities)
    return None if answer is None else json.loads(answer)


def take_picture(page: Any, name: str) -> Path:  # noqa: ANN401 - playwright's page
    """Take a screenshot; it is kept in `PICTURES`."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f'{name}.png'
    page.screenshot(path=path, timeout=60_000)
    return path
