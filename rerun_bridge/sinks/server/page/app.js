// SPDX-License-Identifier: Apache-2.0
/**
 * The robot in a browser: feeds the Rerun viewer from the WebSocket of the server of this page.
 *
 * The server says {epoch, position} first, then sends RRD bytes and {position, dropped, newest, name}
 * in turn. After a lost connection the page returns with epoch and position and gets what it missed.
 *
 * The viewer queues without limit what it is given. So the page tells the server how much the
 * viewer has taken in, which it has when it knows the time `newest`. A slow page is thus behind by
 * what the server sends ahead and no more; a hidden one, which paints no frames, is sent nothing
 * else, and costs neither the robot nor this computer memory.
 *
 * `globalThis.rerunBridge` is {viewer, stats}, for tests and for the curious.
 */

const MIN_RETRY_MS = 250;
const MAX_RETRY_MS = 5000;
const SILENCE_MS = 10_000; // after which a link has to prove that it is alive
const LOOK_MS = 50; // between two looks at what the viewer has taken in
const BLIND_LOOKS = 3; // for what has no time to look for
const MAX_LOOKS = 20; // without progress: the user may have closed the recording
const INTAKE_MS = 10; // that the viewer spends on taking in data per frame
const INTAKE_SHARE = 0.2; // of a slow frame that it may spend
const MAX_STRETCH = 30;
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i; // renderers
const SOFTWARE_PIXELS = 3e5; // to draw in software; a pixel costs about a microsecond
const MIN_RESOLUTION = 0.5; // below it texts are illegible

const WORDS = {
  loading: 'Loading the viewer',
  connecting: 'Connecting',
  connected: 'Connected',
  waiting: 'Disconnected',
  failed: 'The viewer is not running',
};

const stats = {
  state: 'loading', // one of WORDS
  epoch: null, // which stream of the server this is
  position: 0, // everything up to here has been taken in or dropped
  dropped: 0, // messages of this stream that this page was too slow for
  messages: 0, // binary messages taken in, over all connections
  bytes: 0, // their size
  connections: 0,
  disconnections: 0,
};

const element = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const nativeUrl = makeNativeUrl();
let viewer = null;
let channel = null;

// --- The link to the server ---

let socket = null; // null: none is wanted
let heardAt = 0;
let isProbing = false;
let retryAt = 0;
let retryMs = MIN_RETRY_MS;
let retryTimer = 0;
let droppedBefore = 0; // on earlier connections

function connect() {
  clearTimeout(retryTimer);
  setState('connecting');
  heardAt = performance.now();
  const link = new WebSocket(makeSocketUrl());
  socket = link;
  link.binaryType = 'arraybuffer';
  const intake = new Intake(link);
  link.onopen = () => intake.acknowledge();
  link.onmessage = ({ data }) => {
    if (link !== socket) return;
    heardAt = performance.now();
    if (typeof data === 'string') {
      const text = JSON.parse(data);
      onText(text);
      intake.expect(text.newest);
    } else {
      intake.numBytes += data.byteLength;
      onData(new Uint8Array(data));
    }
  };
  link.onclose = () => {
    if (link === socket) retryLater();
  };
}

function onText({ epoch, position, dropped, name }) {
  if (epoch !== undefined) onHello(epoch);
  if (name !== undefined) showName(name);
  if (dropped !== undefined) stats.dropped = droppedBefore + dropped;
  stats.position = position;
}

function onHello(epoch) {
  if (epoch !== stats.epoch) {
    channel?.close();
    channel = viewer.open_channel('rerun_bridge');
    stats.epoch = epoch;
    stats.dropped = 0;
    element('recording').textContent = '';
  }
  droppedBefore = stats.dropped;
  retryMs = MIN_RETRY_MS;
  stats.connections += 1;
  setState('connected');
}

function onData(rrd) {
  stats.messages += 1;
  stats.bytes += rrd.byteLength;
  try {
    channel.send_rrd(rrd);
  } catch (error) {
    console.error(error); // the viewer itself shows why it has stopped
    dropSocket();
    setState('failed');
  }
}

function dropSocket() {
  const link = socket;
  socket = null;
  link.close();
}

function retryLater() {
  dropSocket();
  if (stats.state === 'connected') stats.disconnections += 1;
  const delay = retryMs * (0.9 + 0.2 * Math.random());
  retryMs = Math.min(2 * retryMs, MAX_RETRY_MS);
  retryAt = performance.now() + delay;
  retryTimer = setTimeout(connect, delay);
  setState('waiting');
}

function retryNow() {
  if (stats.state === 'waiting') connect();
}

/** A switched-off robot closes no connection: ask over another one whether the server is there. */
async function probe() {
  if (isProbing) return;
  isProbing = true;
  const link = socket;
  const before = heardAt;
  try {
    const signal = AbortSignal.timeout(SILENCE_MS);
    await fetch('./app.css', { method: 'HEAD', cache: 'no-store', signal });
    heardAt = performance.now();
  } catch {
    if (link === socket && heardAt === before) retryLater();
  }
  isProbing = false;
}

function watchLink() {
  if (performance.now() - heardAt < SILENCE_MS) return;
  if (stats.state === 'connected') probe();
  if (stats.state === 'connecting') retryLater();
}

/** Follows what the viewer has taken in of what came over one link. */
class Intake {
  numBytes = 0; // that have come
  #link;
  #taken = 0;
  #expected = []; // {numBytes, newest}, in the order of arrival
  #isWatching = false;

  constructor(link) {
    this.#link = link;
  }

  acknowledge(frames = 0) {
    this.#link.send(JSON.stringify({ ack: this.#taken, frames }));
  }

  /** @param newest [recording id, timeline, time]: known when all that came so far is taken in. */
  expect(newest) {
    const { numBytes } = this;
    if (numBytes === (this.#expected.at(-1)?.numBytes ?? this.#taken)) return;
    this.#expected.push({ numBytes, newest });
    if (!this.#isWatching) this.#watch();
  }

  async #watch() {
    this.#isWatching = true;
    let looks = 0;
    while (this.#expected.length > 0) {
      await nextFrame();
      if (this.#link !== socket || this.#link.readyState !== WebSocket.OPEN) return;
      looks += 1;
      const num = looks < MAX_LOOKS ? await this.#countTaken(looks) : this.#expected.length;
      if (num > 0) {
        this.#taken = this.#expected.splice(0, num).at(-1).numBytes;
        if (this.#link.readyState === WebSocket.OPEN) this.acknowledge(looks);
        looks = 0;
      }
    }
    this.#isWatching = false;
  }

  async #countTaken(looks) {
    const { recordings } = await viewer.get_state().catch(() => ({ recordings: [] }));
    const isTaken = ({ newest }) => newest && hasTime(recordings, newest);
    let num = this.#expected.findLastIndex(isTaken) + 1;
    while (looks >= BLIND_LOOKS && num < this.#expected.length && !this.#expected[num].newest) num += 1;
    return num;
  }
}

function hasTime(recordings, [recordingId, timelineName, time]) {
  return recordings.some(
    ({ store_id, timelines }) =>
      store_id.endsWith(`:${recordingId}`) &&
      timelines.some(
        ({ name, time_range }) => name === timelineName && time_range?.end >= BigInt(time),
      ),
  );
}

/** Waits until the page has been painted; for ever while it is hidden. */
async function nextFrame() {
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  await new Promise((resolve) => requestAnimationFrame(resolve));
}

function makeSocketUrl() {
  const url = new URL('./', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  if (stats.epoch !== null) {
    url.search = new URLSearchParams({ epoch: stats.epoch, position: stats.position });
  }
  return url;
}

// --- The status bar ---

let shownBytes = 0;
let shownAt = performance.now();

function setState(state) {
  stats.state = state;
  element('bar').dataset.state = state;
  element('state').textContent = WORDS[state];
  showFigures();
}

function tick() {
  const now = performance.now();
  element('rate').textContent = formatRate((1000 * (stats.bytes - shownBytes)) / (now - shownAt));
  shownBytes = stats.bytes;
  shownAt = now;
  watchLink();
  showFigures();
}

function showFigures() {
  const seconds = Math.max(1, Math.ceil((retryAt - performance.now()) / 1000));
  element('retry').textContent =
    { waiting: `retrying in ${seconds} s`, failed: 'reload this page' }[stats.state] ?? '';
  const { dropped } = stats;
  element('dropped').hidden = dropped === 0;
  element('dropped').textContent = `${dropped} dropped`;
  element('dropped').title =
    `This browser was too slow for ${dropped} messages; ` +
    'the recording on the robot is not affected.';
  element('rate').title = `${formatBytes(stats.bytes)} received by this page`;
}

/** Until the server tells a better name. */
function showRecording({ application_id, recording_id }) {
  element('recording').title = `${application_id}, ${recording_id}`;
  if (element('recording').textContent === '') showName(application_id);
}

function showName(name) {
  element('recording').textContent = name;
  document.title = `${name} – Rerun`;
}

function formatRate(bytesPerSec) {
  return `${formatBytes(bytesPerSec)}/s`;
}

function formatBytes(bytes) {
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

// --- The viewer ---

async function startViewer() {
  const { WebViewer } = await import('./viewer.js');
  viewer = new WebViewer();
  const events = ['recording_open', 'selection_change', 'timeline_change', 'time_update'];
  for (const event of events) viewer.on(event, showRecording);
  await viewer.start(null, element('viewer'), {
    allow_fullscreen: true,
    enable_history: false,
    height: '100%',
    hide_welcome_screen: true,
    render_backend: query.get('renderer') ?? undefined,
    theme: query.get('theme') ?? 'system',
    width: '100%',
  });
  element('loading')?.parentElement.remove();
}

function explainFailure(error) {
  setState('failed');
  const make = (tag, ...content) => {
    const made = document.createElement(tag);
    made.append(...content);
    return made;
  };
  const message = make(
    'div',
    make('h1', 'The viewer could not start'),
    make('p', String(error)),
    make('p', adviseOn(error)),
    make('p', 'The native viewer shows the same data:'),
    make('pre', `rerun ${nativeUrl}`),
  );
  message.className = 'message';
  message.setAttribute('role', 'alert');
  element('viewer').replaceChildren(message);
}

function adviseOn(error) {
  if (!document.createElement('canvas').getContext('webgl2')) {
    return (
      'This browser offers no WebGL 2, which the viewer draws with: ' +
      'allow hardware acceleration in its settings, or take another browser.'
    );
  }
  if (/fetch|import/i.test(String(error))) {
    return 'A file of the viewer did not arrive: look whether the server still runs, then reload.';
  }
  return 'Reload this page, or take a current version of Chrome, Edge, Firefox or Safari.';
}

function makeNativeUrl() {
  const port = location.port || (location.protocol === 'https:' ? '443' : '80');
  return `rerun+${location.protocol}//${location.hostname}:${port}/proxy`;
}

/** What stands in the address bar opens in the native viewer, too: it looks for `url`. */
function shareAddress() {
  query.set('url', nativeUrl);
  history.replaceState(null, '', `?${query}${location.hash}`);
}

/**
 * The viewer takes in data for INTAKE_MS per frame, which is next to nothing where a frame takes
 * half a second to draw. So its clock runs slower while it works on a frame that is late.
 */
function stretchSlowFrames() {
  const now = performance.now.bind(performance);
  const request = requestAnimationFrame.bind(globalThis);
  let frame = 0; // its time, the same for all callbacks
  let stretch = 1;
  let startedAt = null;
  performance.now = () =>
    startedAt === null ? now() : startedAt + (now() - startedAt) / stretch;
  globalThis.requestAnimationFrame = (callback) =>
    request((time) => {
      if (time !== frame) {
        const wanted = ((time - frame) * INTAKE_SHARE) / INTAKE_MS;
        stretch = Math.min(Math.max(wanted, 1), MAX_STRETCH);
        frame = time;
      }
      startedAt = now();
      try {
        callback(time);
      } finally {
        startedAt = null;
      }
    });
}

/**
 * Without a graphics card drawing takes as long as there are pixels: then there are fewer, and the
 * browser enlarges the picture. `?resolution=1` in the address asks for all of them.
 */
function reduceResolution() {
  const asked = Number(query.get('resolution'));
  const resolution = () => {
    if (asked > 0) return Math.min(asked, 1);
    const numPixels = innerWidth * innerHeight * ratio() ** 2;
    return Math.min(Math.max(Math.sqrt(SOFTWARE_PIXELS / numPixels), MIN_RESOLUTION), 1);
  };
  const { get } = Object.getOwnPropertyDescriptor(globalThis, 'devicePixelRatio');
  const ratio = get.bind(globalThis);
  if (!asked && !SOFTWARE.test(rendererName())) return;
  Object.defineProperty(globalThis, 'devicePixelRatio', { get: () => ratio() * resolution() });
  delete ResizeObserverEntry.prototype.devicePixelContentBoxSize; // the viewer prefers it
  element('resolution').hidden = asked >= 1;
  element('resolution').href = `?${new URLSearchParams([...query, ['resolution', 1]])}`;
}

function rendererName() {
  const gl = document.createElement('canvas').getContext('webgl2');
  const info = gl?.getExtension('WEBGL_debug_renderer_info');
  const name = gl?.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER) ?? '';
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return name;
}

/** The viewer needs it, and browsers have it only on https and on this computer. */
function polyfillRandomUUID() {
  crypto.randomUUID ??= () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return digits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
  };
}

/** The viewer reports every step of its shaders, which costs seconds where somebody listens. */
function silenceDebugging() {
  if (!query.has('debug')) console.debug = () => {};
}

async function main() {
  polyfillRandomUUID();
  silenceDebugging();
  stretchSlowFrames();
  reduceResolution();
  document.documentElement.dataset.theme = query.get('theme') ?? 'system';
  shareAddress();
  setState('loading');
  try {
    await startViewer();
  } catch (error) {
    explainFailure(error);
    return;
  }
  globalThis.rerunBridge = { viewer, stats };
  addEventListener('online', () => (stats.state === 'connected' ? probe() : retryNow()));
  document.addEventListener('visibilitychange', () => document.hidden || retryNow());
  setInterval(tick, 1000);
  connect();
}

main();
