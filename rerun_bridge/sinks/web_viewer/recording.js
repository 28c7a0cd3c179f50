// SPDX-License-Identifier: Apache-2.0
// Shows the recordings that this document carries in the official Rerun viewer.

const SLICE = 1 << 20; // base64 characters; a multiple of 4, which stand for 3 bytes
const part = (name) => document.getElementById(name);
const options = JSON.parse(part('options').textContent);

// Browsers have it only on https, file:// and their own machine, and the viewer needs it.
crypto.randomUUID ??= () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  for (const place of [10, 8, 6, 4]) digits.splice(place, 0, '-');
  return digits.join('');
};

function say(text) {
  part('note').textContent = text;
  part('note').hidden = !text;
}

function decode(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

// Takes a part out of the document, slice by slice, so that it is never in memory twice.
function unpack(element, type = 'application/octet-stream') {
  const text = element.textContent;
  let place = 0;
  element.remove();
  const slices = new ReadableStream({
    pull(controller) {
      if (place < text.length) controller.enqueue(decode(text.slice(place, place + SLICE)));
      else controller.close();
      place += SLICE;
    },
  });
  const body = slices.pipeThrough(new DecompressionStream('gzip'));
  return new Response(body, { headers: { 'Content-Type': type } });
}

async function importViewer() {
  if (options.viewer_url) return import(options.viewer_url);
  globalThis.rerunBridgeWasm = () => unpack(part('wasm'), 'application/wasm');
  const url = URL.createObjectURL(await unpack(part('module'), 'text/javascript').blob());
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function show() {
  const { WebViewer } = await importViewer();
  const viewer = new WebViewer();
  globalThis.viewer = viewer;
  await viewer.start(null, part('viewer'), {
    width: '100%',
    height: '100%',
    hide_welcome_screen: true,
    theme: 'system',
  });
  const channel = viewer.open_channel('recording');
  for (const element of document.querySelectorAll('script.recording')) {
    // One call for each: the viewer stops reading at the end of a stream.
    channel.send_rrd(new Uint8Array(await unpack(element).arrayBuffer()));
  }
  channel.close();
}

const source = options.viewer_url ? ` from ${options.viewer_url}` : '';
const hint = options.viewer_url ? ' Does that server run, and can it be reached from here?' : '';
const late = setTimeout(() => {
  say(`The Rerun viewer${source} has not started within ${options.timeout_ms / 1000} s.${hint}`);
}, options.timeout_ms);
try {
  await show();
  say('');
} catch (error) {
  say(`The recording cannot be shown: the Rerun viewer${source} failed (${error}).${hint}`);
  throw error;
} finally {
  clearTimeout(late);
}
