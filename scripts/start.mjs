// npm start: installs what is missing, builds, and opens the examples with the extension loaded: in desktop VS Code where there is a `code`
// command, else in the browser.  npm start -- --headless does the main job without an editor.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mkdtempSync } from "node:fs";
import { build, ensureDependencies, ensureRig, has, root, run, startServer } from "./lib.mjs";

const args = process.argv.slice(2),
  examples = join(root, "examples");
ensureDependencies();
build();
if (args.includes("--headless")) {
  // The command line; without words, an example's whole text and every format, in examples/out.
  const rest = args.filter((a) => a !== "--headless");
  const isCommand = /^(?:profile|trace|list|explain|diff|check|report|export|schema|help)$/.test(rest[0] ?? "profile");
  const example = ["profile", join(examples, "digits.ts"), "trainStep", "--full", "--out", join(examples, "out"), "--format", "all"];
  const argv = [join(root, "dist", "host", "cli.cjs"), ...(rest.length ? [...(isCommand ? [] : ["profile"]), ...rest] : example)];
  process.exit(run(process.execPath, argv, { allowFailure: true }).status ?? 1);
} else if (has("code") && !args.includes("--browser")) {
  run("code", ["--new-window", "--extensionDevelopmentPath", root, examples, join(examples, "digits.ts")]);
} else {
  ensureRig();
  const server = await startServer({ home: mkdtempSync(join(tmpdir(), "jitlens-start-")), port: Number(process.env.PORT) || null });
  const query = new URLSearchParams({
    folder: examples,
    payload: JSON.stringify([["openFile", `vscode-remote://127.0.0.1:${server.port}${join(examples, "digits.ts")}`]]),
  });
  console.log(`\nJitLens runs at  http://127.0.0.1:${server.port}/?${query}\nPress Ctrl+C to stop.`);
  // startServer ends the server with this process, also on SIGTERM, SIGINT and SIGHUP.
  await new Promise(() => setInterval(() => {}, 1 << 30));
}
