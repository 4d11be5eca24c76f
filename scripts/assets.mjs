/**
 * Copies the browser files we serve, and their licences, from node_modules to static/vendor.
 *
 * Run after `npm ci`. The copy is built beside the old one and swapped in whole, so a failed run leaves
 * the previous files in place, and a repeated run gives the same bytes.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const VENDOR = join(ROOT, "static", "vendor");
const FRESH = join(ROOT, "static", ".vendor-fresh");

/** Package → files to copy: [path in the package, path in static/vendor/<package>]. */
const FILES = {
  echarts: [
    ["dist/echarts.esm.min.mjs", "echarts.esm.min.mjs"],
    ["LICENSE", "LICENSE"],
    ["NOTICE", "NOTICE"],
  ],
  "hds-core": [
    ["lib/base.min.css", "base.min.css"],
    ["LICENSE", "LICENSE"],
  ],
  "socket.io-client": [
    ["dist/socket.io.esm.min.js", "socket.io.esm.min.js"],
    ["LICENSE", "LICENSE"],
  ],
  "zxing-wasm": [
    ["dist/es/reader/index.js", "reader/index.js"],
    ["dist/es/share.js", "share.js"],
    ["dist/reader/zxing_reader.wasm", "zxing_reader.wasm"],
    ["LICENSE", "LICENSE"],
  ],
};

/** Licences of what the copied files contain but their own package does not state: [source, target]. */
const INNER_LICENCES = [
  ["node_modules/echarts/licenses/LICENSE-d3", "echarts/LICENSE.d3"],
  ["node_modules/tslib/LICENSE.txt", "echarts/LICENSE.tslib"],
  ["node_modules/zrender/LICENSE", "echarts/LICENSE.zrender"],
  ["node_modules/engine.io-client/LICENSE", "socket.io-client/LICENSE.engine.io-client"],
  ["node_modules/engine.io-parser/LICENSE", "socket.io-client/LICENSE.engine.io-parser"],
  ["node_modules/socket.io-parser/LICENSE", "socket.io-client/LICENSE.socket.io-parser"],
  ["node_modules/@socket.io/component-emitter/LICENSE", "socket.io-client/LICENSE.component-emitter"],
  ["static/licences/Apache-2.0.txt", "zxing-wasm/LICENSE.zxing-cpp"],
];

class AssetError extends Error {}

function readJson(path) {
  if (!existsSync(join(ROOT, path))) throw new AssetError(`${path} is missing; run "npm ci" first`);
  return JSON.parse(readFileSync(join(ROOT, path), "utf8"));
}

/** The installed version, refused when it is not the one package.json pins. */
function checkedVersion(name, pins) {
  const { version, license } = readJson(`node_modules/${name}/package.json`);
  if (version !== pins[name]) {
    throw new AssetError(`${name} is ${version}, package.json pins ${pins[name]}; run "npm ci" first`);
  }
  return `${name} ${version} ${license}`;
}

function copy(source, target) {
  const from = join(ROOT, source);
  const to = join(FRESH, target);
  if (!existsSync(from)) throw new AssetError(`${source} is missing; run "npm ci" first`);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

function build() {
  const pins = readJson("package.json").dependencies;
  rmSync(FRESH, { recursive: true, force: true });
  const versions = Object.keys(FILES).map((name) => checkedVersion(name, pins));
  for (const [name, files] of Object.entries(FILES)) {
    for (const [source, target] of files) copy(`node_modules/${name}/${source}`, `${name}/${target}`);
  }
  for (const [source, target] of INNER_LICENCES) copy(source, target);
  writeFileSync(join(FRESH, "VERSIONS.txt"), `${versions.join("\n")}\n`);
  rmSync(VENDOR, { recursive: true, force: true });
  renameSync(FRESH, VENDOR);
  return versions;
}

try {
  console.log(`assets: ${build().join(", ")}`);
} catch (error) {
  rmSync(FRESH, { recursive: true, force: true });
  console.error(`assets: ${error.message}`);
  process.exitCode = 1;
}
