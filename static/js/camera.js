/**
 * QR codes from the camera, read on this machine by the locally served zxing-wasm.
 * The page's policy must allow script-src 'wasm-unsafe-eval' and Permissions-Policy camera=(self).
 */

const VENDOR = new URL("../vendor/zxing-wasm/", import.meta.url);
const WIDEST = 960; // px: enough for a phone held at arm's length, and a fifth of a full HD frame's work
const BETWEEN_LOOKS = 120; // ms
const REPEAT_AFTER = 3_000; // ms

/** Codes given to onProblem; the page has a sentence for each, and always another way to check in. */
export const PROBLEMS = {
  unsupported: "camera_unsupported",
  denied: "camera_denied",
  missing: "camera_missing",
  busy: "camera_busy",
  lost: "camera_lost",
  reader: "camera_reader_failed",
};

const PROBLEM_OF_ERROR = {
  NotAllowedError: PROBLEMS.denied,
  SecurityError: PROBLEMS.denied,
  NotFoundError: PROBLEMS.missing,
  OverconstrainedError: PROBLEMS.missing,
  NotReadableError: PROBLEMS.busy,
  AbortError: PROBLEMS.busy,
};

/** Lets each distinct text pass once in `interval` ms. */
export class OncePerText {
  #seen = new Map();

  constructor(interval = REPEAT_AFTER) {
    this.interval = interval;
  }

  passes(text, now) {
    for (const [old, at] of this.#seen) if (now - at >= this.interval) this.#seen.delete(old);
    if (this.#seen.has(text)) return false;
    this.#seen.set(text, now);
    return true;
  }
}

let reader;

/** The reading function, loaded with its WebAssembly at the first use; a failed load may be tried again. */
function loadReader() {
  reader ??= import(new URL("reader/index.js", VENDOR).href)
    .then(async (zxing) => {
      await zxing.prepareZXingModule({
        overrides: { locateFile: (name) => new URL(name, VENDOR).href },
        fireImmediately: true,
      });
      return zxing.readBarcodes;
    })
    .catch((error) => {
      reader = undefined;
      throw error;
    });
  return reader;
}

async function openStream(facing, deviceId) {
  const wish = { width: { ideal: 1280 }, height: { ideal: 720 } };
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: deviceId ? { ...wish, deviceId: { exact: deviceId } } : { ...wish, facingMode: { ideal: facing } },
  });
}

/** The video's current picture, scaled down; undefined before the first. */
function pictureOf(video, canvas) {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || !video.videoWidth) return undefined;
  const scale = Math.min(1, WIDEST / video.videoWidth);
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** Reads the video until `isStopped`; rests while the page is hidden. */
async function look(video, read, onCode, isStopped) {
  const canvas = document.createElement("canvas");
  const filter = new OncePerText();
  while (!isStopped()) {
    const picture = document.hidden ? undefined : pictureOf(video, canvas);
    const found = picture ? await read(picture, { formats: ["QRCode"], maxNumberOfSymbols: 1 }) : [];
    for (const { isValid, text } of found) {
      if (!isStopped() && isValid && text && filter.passes(text, performance.now())) onCode(text);
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS));
  }
}

/**
 * Shows the camera in `video` and reads QR codes.
 *
 * @param {HTMLVideoElement} video with muted and playsinline
 * @param {object} options
 *   onCode(text): each distinct text once per 3 s
 *   onReady(): the picture stands
 *   onProblem(code): one of PROBLEMS; the camera is then off
 *   facing: "environment" or "user"; deviceId: a particular camera instead
 * @returns {{stop: function}} `stop` may be called at any time, also before the camera has opened
 */
export function startCamera(video, options) {
  const { onCode, onReady, onProblem, facing = "environment", deviceId } = options;
  let stopped = false;
  let stream;

  function stop() {
    stopped = true;
    stream?.getTracks().forEach((track) => track.stop());
    if (video.srcObject === stream) video.srcObject = null;
  }

  function fail(code) {
    if (stopped) return;
    stop();
    onProblem?.(code);
  }

  async function run() {
    if (!navigator.mediaDevices?.getUserMedia) return fail(PROBLEMS.unsupported);
    stream = await openStream(facing, deviceId);
    if (stopped) return stop();
    stream.getVideoTracks()[0].addEventListener("ended", () => fail(PROBLEMS.lost));
    video.srcObject = stream;
    await video.play();
    onReady?.();
    const read = await loadReader().catch(() => fail(PROBLEMS.reader));
    if (read) await look(video, read, onCode, () => stopped);
  }

  run().catch((error) => fail(PROBLEM_OF_ERROR[error.name] ?? PROBLEMS.reader));
  return { stop };
}
