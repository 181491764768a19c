// ThirdPartyNotices.txt: the licences of all packages whose code is shipped, found by what esbuild says went into the bundles.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { root } from "../lib.mjs";

const meta = join(root, ".cache", "meta");
/** Shipped as they are, not through a bundle. */
const BESIDES = ["web-tree-sitter", "tree-sitter-typescript", "tree-sitter-python"];
/** The folder of the package that a file belongs to, or null. */
function packageFolder(input) {
  const m = /^((?:.*[\\/])?node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(input);
  return m ? resolve(root, m[1]) : null;
}
function licenceOf(folder) {
  const file = readdirSync(folder).find((f) => /^(licen[cs]e|copying|notice)(\..*)?$/i.test(f));
  return file ? readFileSync(join(folder, file), "utf8").trim() : null;
}
export const wasBuilt = (name) => existsSync(join(meta, `${name}.json`));
/** @param bundles names of build targets  @param besides further packages */
export function notices(bundles, besides = []) {
  const folders = new Set();
  for (const name of bundles) {
    const file = join(meta, `${name}.json`);
    if (!existsSync(file)) throw new Error(`${name} was not built: node scripts/build.mjs`);
    for (const input of JSON.parse(readFileSync(file, "utf8"))) {
      const folder = packageFolder(input);
      if (folder) folders.add(folder);
    }
  }
  for (const name of [...BESIDES, ...besides]) folders.add(join(root, "node_modules", name));
  const parts = [...folders].map((folder) => {
    const { name, version, license, author, repository } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const text = licenceOf(folder) ?? `Licence: ${license}. ${typeof author === "string" ? author : (author?.name ?? "")}`.trim();
    const from = typeof repository === "string" ? repository : (repository?.url ?? "");
    return { name, version, license, text: `${name} ${version}\nLicence: ${license}\n${from}\n\n${text}\n` };
  });
  // Two copies of one package are one notice.
  const unique = [...new Map(parts.map((p) => [`${p.name}@${p.version}`, p])).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const head = `JitLens contains code of these packages, under their licences:\n\n${unique.map((p) => `- ${p.name} ${p.version} (${p.license})`).join("\n")}\n`;
  return [head, ...unique.map((p) => p.text)].join(`\n${"-".repeat(79)}\n\n`);
}
