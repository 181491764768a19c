// Texts and their translations. Collects what the extension (`vscode.l10n.t("…")`), the pages (`t("…")`) and the engine in a Report (`sentence("…")`) say,
// writes l10n/bundle.l10n.json, and checks that
// the translations have every text, that package.json's texts are all in package.nls.json, and that no text is shown without being asked for by one of the two.
//   node scripts/l10n.mjs            writes l10n/bundle.l10n.json
//   node scripts/l10n.mjs --check    says what is missing, and fails
//   node scripts/l10n.mjs --missing  prints the texts without a translation, as JSON to be filled in
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { untranslated } from "./lint/untranslated.mjs";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
export const LANGUAGES = ["zh-cn"];
const SOURCES = ["src/extension", "src/views"];
/** What the engine says and the pages show in the person's language: sentences of these folders. */
const ENGINE = ["src/engine/core", "src/engine/compiler/fusion", "src/engine/report/advice", "src/host/python/estimates", "src/host/python/fusions"];
const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));

/** Every file of the extension and the pages, parsed. */
export function sourceFiles(folders = SOURCES) {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts") && !f.endsWith(".d.ts") && !/\btest[A-Z]\w*\.ts$/.test(f))
        .map((f) => join(root, folder, f)),
    )
    .map((f) => ts.createSourceFile(relative(root, f).split(sep).join("/"), readFileSync(f, "utf8"), ts.ScriptTarget.Latest, true));
}
/** Whether a call asks for a translation: `t(…)` or `….l10n.t(…)`. */
export function asksForText(call) {
  const f = call.expression;
  if (ts.isIdentifier(f)) return f.text === "t";
  return ts.isPropertyAccessExpression(f) && f.name.text === "t" && /\bl10n$/.test(f.expression.getText());
}
/** Whether a call makes a sentence that is translated where it is shown. */
const makesSentence = (call) => ts.isIdentifier(call.expression) && call.expression.text === "sentence";
/** The texts that an argument may be: a literal, or one of two. Null for what is only known when it runs. */
function literals(node) {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return literals(node.expression);
  if (ts.isConditionalExpression(node)) {
    const both = [literals(node.whenTrue), literals(node.whenFalse)];
    return both.includes(null) ? null : both.flat();
  }
  return null;
}
/** The names of fusion rules, which the ledger shows: `name: "…"`, `rule: "…"`, `const NAME = "…"`. */
function eachRuleName(node, visit) {
  const named = ts.isPropertyAssignment(node) ? ["name", "rule"] : ts.isVariableDeclaration(node) ? ["NAME"] : [];
  if (named.includes(node.name?.text) && node.initializer && ts.isStringLiteral(node.initializer)) visit(node.initializer);
  ts.forEachChild(node, (child) => eachRuleName(child, visit));
}
const placeOf = (node) => {
  const file = node.getSourceFile();
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
};
/** All texts with a place each, and what is wrong with how they are asked for. */
export function collect(files, engine = files ? [] : sourceFiles(ENGINE)) {
  const texts = new Map();
  const faults = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && asks(node) && node.arguments.length && !node.getSourceFile().fileName.endsWith("/l10n.ts")) {
      const found = literals(node.arguments[0]);
      if (!found) faults.push(`${placeOf(node)}: the text is not a literal, so that it cannot be translated: ${node.getText().slice(0, 80)}`);
      for (const text of found ?? []) {
        texts.set(text, texts.get(text) ?? placeOf(node));
        const most = Math.max(-1, ...[...text.matchAll(/\{(\d+)\}/g)].map((m) => Number(m[1])));
        if (most + 1 > node.arguments.length - 1 && !node.arguments.some(ts.isSpreadElement))
          faults.push(`${placeOf(node)}: {${most}} of ${JSON.stringify(text)} has no value`);
      }
    }
    ts.forEachChild(node, visit);
  };
  let asks = asksForText;
  (files ?? sourceFiles()).forEach(visit);
  asks = makesSentence;
  engine.forEach(visit);
  engine.forEach((file) => eachRuleName(file, (node) => texts.set(node.text, texts.get(node.text) ?? placeOf(node))));
  return { texts, faults };
}
const sorted = (keys) => [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
const json = (o) => `${JSON.stringify(o, null, 2)}\n`;
const places = (text) => sorted(text.match(/\{\d+\}/g) ?? []).join();

/** What differs between the texts that are wanted and a translation. */
export function compare(name, wanted, translated) {
  const faults = [];
  for (const [key, english] of Object.entries(wanted)) {
    const text = translated[key];
    if (text === undefined) faults.push(`${name} lacks ${JSON.stringify(key)}`);
    else if (places(text) !== places(english))
      faults.push(`${name}: other placeholders in ${JSON.stringify(text)} than in ${JSON.stringify(english)}`);
  }
  for (const key of Object.keys(translated)) if (!(key in wanted)) faults.push(`${name} has ${JSON.stringify(key)}, which nothing says any more`);
  return faults;
}
/** Keys that package.json uses, and its texts that are no keys. */
export function manifestTexts(manifest = read("package.json")) {
  const keys = new Set();
  const faults = [];
  const SHOWN = new Set([
    "title",
    "category",
    "description",
    "markdownDescription",
    "displayName",
    "name",
    "contents",
    "label",
    "enumDescriptions",
    "markdownEnumDescriptions",
    "enumItemLabels",
    "deprecationMessage",
    "altText",
    "shortTitle",
    "detail",
  ]);
  const visit = (value, key, path) => {
    if (typeof value === "string") {
      const m = /^%(.+)%$/.exec(value);
      if (m) keys.add(m[1]);
      else if (SHOWN.has(key) && value !== "JitLens" && !EXEMPT.test(path))
        faults.push(`package.json: ${path} is a text without a key: ${JSON.stringify(value)}`);
    } else if (Array.isArray(value)) value.forEach((v, i) => visit(v, key, `${path}[${i}]`));
    else if (value && typeof value === "object") for (const [k, v] of Object.entries(value)) visit(v, k, path ? `${path}.${k}` : k);
  };
  // Names that are the same in every language, and texts of the shop that VS Code does not translate elsewhere.
  const EXEMPT =
    /^(name|displayName|contributes\.configuration(\[\d+\])?\.title|contributes\.viewsContainers\.\w+\[\d+\]\.title|contributes\.grammars|contributes\.problemMatchers|contributes\.chatSkills|contributes\.languageModelTools\[\d+\]\.(name|inputSchema).*|author.*)/;
  for (const part of ["displayName", "description", "capabilities", "contributes"]) visit(manifest[part], part, part);
  return { keys, faults };
}
export function check() {
  const { texts, faults } = collect();
  const wanted = Object.fromEntries(sorted(texts.keys()).map((k) => [k, k]));
  const bundle = existsSync(join(root, "l10n/bundle.l10n.json")) ? read("l10n/bundle.l10n.json") : {};
  const out = [...faults, ...untranslated(sourceFiles(), asksForText)];
  if (json(bundle) !== json(wanted)) out.push("l10n/bundle.l10n.json is not what the sources say: run node scripts/l10n.mjs");
  const manifest = manifestTexts();
  const nls = read("package.nls.json");
  out.push(...manifest.faults, ...compare("package.nls.json", Object.fromEntries([...manifest.keys].map((k) => [k, nls[k] ?? k])), nls));
  for (const language of LANGUAGES) {
    out.push(...compare(`l10n/bundle.l10n.${language}.json`, wanted, read(`l10n/bundle.l10n.${language}.json`)));
    out.push(...compare(`package.nls.${language}.json`, nls, read(`package.nls.${language}.json`)));
  }
  return out;
}
/** The newest texts into the bundle; translations keep what is still said. */
function write() {
  const { texts } = collect();
  const wanted = sorted(texts.keys());
  writeFileSync(join(root, "l10n/bundle.l10n.json"), json(Object.fromEntries(wanted.map((k) => [k, k]))));
  for (const language of LANGUAGES) {
    const path = `l10n/bundle.l10n.${language}.json`;
    const old = existsSync(join(root, path)) ? read(path) : {};
    writeFileSync(join(root, path), json(Object.fromEntries(wanted.filter((k) => k in old).map((k) => [k, old[k]]))));
  }
}
function missing() {
  const { texts } = collect();
  const out = {};
  for (const language of LANGUAGES) {
    const have = read(`l10n/bundle.l10n.${language}.json`);
    out[`bundle.${language}`] = Object.fromEntries(
      sorted(texts.keys())
        .filter((k) => !(k in have))
        .map((k) => [k, texts.get(k)]),
    );
    const nls = read("package.nls.json");
    const translated = read(`package.nls.${language}.json`);
    out[`nls.${language}`] = Object.fromEntries(Object.entries(nls).filter(([k]) => !(k in translated)));
  }
  return out;
}
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes("--missing")) console.log(json(missing()));
  else if (process.argv.includes("--check")) {
    const faults = check();
    for (const f of faults) console.error(f);
    console.log(faults.length ? `${faults.length} texts are not right` : "every text has its translation");
    process.exit(faults.length ? 1 : 0);
  } else write();
}
