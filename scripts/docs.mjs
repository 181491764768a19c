// npm run docs: pages of the library's API from its doc comments, in dist/docs, to be read offline: TypeDoc with scripts/docs/typedoc.json, and a page for each
// source file, so that "Defined in" leads to its line without a network.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { ensureDependencies, root } from "./lib.mjs";

ensureDependencies();
const at = (...p) => join(root, ...p);
const out = at("dist", "docs");
const typedoc = spawnSync(process.execPath, [at("node_modules", "typedoc", "bin", "typedoc"), "--options", at("scripts", "docs", "typedoc.json")], {
  cwd: root,
  stdio: ["ignore", "inherit", "inherit"],
});
if (typedoc.status !== 0) process.exit(typedoc.status ?? 1);

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const page = (file, text) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${file}</title>
<style>:root { color-scheme: light dark; } body { font: 13px/1.5 monospace; margin: 1em; } a { color: GrayText; text-decoration: none; display: inline-block; width: 3.5em; }
div { white-space: pre-wrap; } div:target { background: Highlight; color: HighlightText; }</style></head>
<body><h1>${file}</h1>
${text
  .split(/\r?\n/)
  .map((line, i) => `<div id="L${i + 1}"><a href="#L${i + 1}">${i + 1}</a>${escaped(line)}</div>`)
  .join("\n")}
</body></html>
`;
const engine = at("src", "engine");
for (const name of readdirSync(engine, { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
  const file = relative(root, join(engine, name)).split(sep).join("/");
  const target = join(out, "source", `${file}.html`);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, page(file, readFileSync(join(engine, name), "utf8")));
}
console.log(`open ${relative(process.cwd(), join(out, "index.html"))}`);
