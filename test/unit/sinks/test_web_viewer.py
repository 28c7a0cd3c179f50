# SPDX-License-Identifier: Apache-2.0
"""The official web viewer: where it is looked for, and that its files are served as they are."""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path
import shutil
import sys
import tracemalloc
from typing import TYPE_CHECKING
import zipfile

import pytest

from rerun_bridge.errors import SinkError, UsageError, WebViewerNotFoundError
from rerun_bridge.log_encoding import RERUN_VERSION
from rerun_bridge.sinks.web_viewer import (
    Asset,
    find_web_viewer,
    look_up,
    recordings_html,
    web_viewer_assets,
    WebViewerFiles,
)
from rerun_bridge.sinks.web_viewer.pinned import SCRIPT, VERSION, WASM

if TYPE_CHECKING:
    from collections.abc import Callable

VARIABLE = 'RERUN_BRIDGE_WEB_VIEWER'


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the empty cache of a machine without the viewer."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    monkeypatch.setitem(sys.modules, 'rerun_notebook', None)
    folder = tmp_path / 'cache' / 'rerun_bridge' / f'web-viewer-{VERSION}'
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope='session')
def unpacked(web_viewer_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the wheel; give the folder of the viewer's files."""
    folder = tmp_path_factory.mktemp('unpacked')
    with zipfile.ZipFile(web_viewer_wheel) as wheel:
        wheel.extractall(folder, [f'rerun_notebook/static/{file.name}' for file in (WASM, SCRIPT)])
    return folder / 'rerun_notebook' / 'static'


def install(site: Path, static: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `rerun_notebook` importable, but not without harm."""
    package = site / 'rerun_notebook'
    package.mkdir(parents=True)
    (package / '__init__.py').write_text("raise RuntimeError('must not be imported')\n")
    (package / 'static').symlink_to(static)
    monkeypatch.delitem(sys.modules, 'rerun_notebook')
    monkeypatch.syspath_prepend(site)


def test_release_is_that_of_our_wire_format() -> None:
    assert '.'.join(map(str, RERUN_VERSION)) == VERSION


def test_machine_without_it_is_told_what_to_do(cache: Path) -> None:
    assert look_up() is None
    with pytest.raises(WebViewerNotFoundError) as caught:
        web_viewer_assets()
    assert isinstance(caught.value, SinkError)
    text = str(caught.value)
    assert 'python -m rerun_bridge fetch_viewer' in text
    assert 'ros2 run rerun_bridge fetch_viewer' in text
    assert f'rerun_notebook-0.41.0-py2.py3-none-any.whl from another computer to {cache}' in text


def test_variable_names_the_wheel(web_viewer_wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(web_viewer_wheel))
    assert find_web_viewer().path == web_viewer_wheel


def _absent(path: Path) -> Path:
    return path / 'absent.whl'


def _other_file(path: Path) -> Path:
    (path / 'other.whl').write_bytes(b'PK')
    return path / 'other.whl'


def _older_release(path: Path) -> Path:
    for file in (WASM, SCRIPT):
        (path / file.name).touch()
        os.truncate(path / file.name, file.num_bytes)
    return path


@pytest.mark.parametrize(
    ('make', 'problem'),
    [
        (_absent, 'cannot be used (No such file or directory'),
        (_other_file, 'is not the web viewer rerun-notebook==0.41.0'),
        (_older_release, 'is not the web viewer rerun-notebook==0.41.0'),
        (Path, f'No such file or directory: {{}}/{WASM.name}'),
    ],
)
def test_wrong_variable_is_an_error_though_the_viewer_is_in_the_cache(  # noqa: PLR0913, PLR0917 - fixtures
    make: Callable[[Path], Path],
    problem: str,
    web_viewer_wheel: Path,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (cache / 'copy.whl').symlink_to(web_viewer_wheel)
    named = make(tmp_path)
    monkeypatch.setenv(VARIABLE, str(named))
    with pytest.raises(WebViewerNotFoundError) as caught:
        look_up()
    assert problem.format(named) in str(caught.value)
    assert str(caught.value).startswith(f'the environment variable {VARIABLE} is wrong: {named} ')
    assert str(caught.value).endswith('; correct or unset it')


def test_installed_package_is_found_and_not_imported(
    unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / 'site', unpacked, monkeypatch)
    assert find_web_viewer().path == tmp_path / 'site' / 'rerun_notebook' / 'static'
    assert 'rerun_notebook' not in sys.modules


def test_other_release_and_damaged_copy_are_passed_over(
    web_viewer_wheel: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    static = tmp_path / 'static'
    static.mkdir()
    install(tmp_path / 'site', _older_release(static), monkeypatch)
    (cache / 'damaged.whl').touch()
    os.truncate(cache / 'damaged.whl', web_viewer_wheel.stat().st_size)
    assert look_up() is None
    (cache / 'good.whl').symlink_to(web_viewer_wheel)
    assert find_web_viewer().path == cache / 'good.whl'


def check_content(asset: Asset, sha256: str) -> None:
    content = asset.read()
    assert hashlib.sha256(content).hexdigest() == sha256
    assert asset.num_bytes == len(content)
    assert asset.etag == sha256[:24]
    assert asset.is_public


def test_files_come_from_the_wheel_and_cost_no_memory(web_viewer_wheel: Path, cache: Path) -> None:
    (cache / 'copy.whl').symlink_to(web_viewer_wheel)
    tracemalloc.start()
    assets = web_viewer_assets()
    assert set(assets) == {'/viewer.js', '/re_viewer_bg.wasm'}
    wasm, script = assets['/re_viewer_bg.wasm'], assets['/viewer.js']
    assert wasm.content_type == 'application/wasm'
    check_content(wasm, WASM.sha256)
    assert wasm.read_gzip is not None
    assert len(wasm.read_gzip()) < 17_100_000
    assert tracemalloc.get_traced_memory()[0] < 4_000_000
    tracemalloc.stop()
    assert hashlib.sha256(gzip.decompress(wasm.read_gzip())).hexdigest() == WASM.sha256

    assert script.content_type == 'text/javascript; charset=utf-8'
    check_content(script, hashlib.sha256(script.read()).hexdigest())
    assert script.read_gzip is not None
    assert gzip.decompress(script.read_gzip()) == script.read()


def test_folder_is_served_plain(
    unpacked: Path, web_viewer_wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(unpacked))
    assets = web_viewer_assets()
    assert assets['/re_viewer_bg.wasm'].read_gzip is None
    check_content(assets['/re_viewer_bg.wasm'], WASM.sha256)
    assert assets['/viewer.js'].read().decode() == WebViewerFiles(web_viewer_wheel).module()


def test_script_exports_what_pages_use(web_viewer_wheel: Path) -> None:
    module = WebViewerFiles(web_viewer_wheel).module()
    assert module.endswith('\nexport { WebViewer, LogChannel };\n')
    for name in ('WebViewer', 'LogChannel'):
        assert module.count(f'\nvar {name} = class') == 1
    inline = WebViewerFiles(web_viewer_wheel).inline_module()
    assert inline.count('return await globalThis.rerunBridgeWasm();') == 1
    assert 'new URL("./re_viewer_bg.wasm"' in module
    assert 'new URL("./re_viewer_bg.wasm"' not in inline


def test_wheel_that_goes_away_or_changes_is_named(web_viewer_wheel: Path, tmp_path: Path) -> None:
    copy = tmp_path / 'copy.whl'
    shutil.copyfile(web_viewer_wheel, copy)
    files = WebViewerFiles(copy)
    copy.write_bytes(b'PK')
    for read in (files.wasm, files.wasm_gzip, files.module):
        with pytest.raises(WebViewerNotFoundError, match=r'copy\.whl has changed or gone'):
            read()
    copy.unlink()
    for read in (files.wasm, files.wasm_gzip, files.module):
        with pytest.raises(WebViewerNotFoundError, match=r'copy\.whl has changed or gone'):
            read()


def html(app_url: str) -> str:
    return recordings_html([b'RRF2'], width=300, height=200, app_url=app_url, timeout_ms=1000)


@pytest.mark.parametrize(
    ('app_url', 'script', 'origin'),
    [
        ('http://robot:9090', 'http://robot:9090/viewer.js', 'http://robot:9090'),
        ('http://robot:9090/', 'http://robot:9090/viewer.js', 'http://robot:9090'),
        ('https://a.example/v/', 'https://a.example/v/viewer.js', 'https://a.example'),
        ('https://a.example/v/x.js?y=1', 'https://a.example/v/x.js?y=1', 'https://a.example'),
    ],
)
def test_page_names_the_script_and_allows_no_other_server(
    app_url: str, script: str, origin: str
) -> None:
    text = html(app_url)
    assert f'&quot;viewer_url&quot;: &quot;{script}&quot;' in text
    assert f'connect-src data: blob: {origin};' in text
    assert f'&#x27;wasm-unsafe-eval&#x27; blob: {origin};' in text
    assert text.isascii()


@pytest.mark.parametrize(
    'app_url',
    ['robot:9090', 'file:///viewer.js', 'http://', 'http://a b/', "http://x;script-src 'self'/"],
)
def test_page_refuses_what_is_no_address(app_url: str) -> None:
    with pytest.raises(UsageError, match=r"app_url has to be like 'http://robot:9090'"):
        html(app_url)


def test_address_cannot_leave_its_place_in_the_page() -> None:
    text = html('http://robot:9090/</script><img src=x>"\'')
    assert text.count('</iframe>') == 1
    assert 'http://robot:9090/\\u003c/script>'.replace('>', '&gt;') in text
    assert text.count('&lt;/script&gt;') == 3
