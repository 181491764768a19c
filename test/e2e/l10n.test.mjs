// A pseudo-locale: every text of ours is put into brackets, and what is then seen without brackets must be data of the Report, a number or a unit.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { findChromium } from "../../scripts/lib.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const folder = mkdtempSync(join(tmpdir(), "jitlens-l10n-"));
const dist = (...p) => readFileSync(join(root, "dist", ...p), "utf8");
const bundle = JSON.parse(readFileSync(join(root, "l10n", "bundle.l10n.json"), "utf8"));
const chinese = JSON.parse(readFileSync(join(root, "l10n", "bundle.l10n.zh-cn.json"), "utf8"));
const pseudo = Object.fromEntries(Object.keys(bundle).map((k) => [k, `⟦${k}⟧`]));
const reports = await import(pathToFileURL(join(root, "dist", "engine", "report.js")).href);
const fixture = (name) => reports.parseReportText(gunzipSync(readFileSync(join(root, "src/engine/report/fixtures", name))).toString());

/** Units and names that are the same in every language. */
const SAME = new Set(
  "JitLens StableHLO HLO jaxpr FLOP FLOPs GFLOP GB GiB MiB KiB B ns µs ms s k M G f x × ∂ GPU CPU Wasm WebAssembly WGSL".split(" "),
);
/** What the engine says in a Report is translated where it is shown: its words excuse nothing. */
const OURS = new Set(["text", "reason", "otherwise", "rule", "template"]);
/** Words of the Report's own strings; source texts are left out, they would excuse anything. */
function dataWords(report) {
  const words = new Set();
  const visit = (v, key) => {
    if (typeof v === "string" && !OURS.has(key)) for (const w of v.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []) words.add(w);
    else if (v && typeof v === "object")
      for (const [k, x] of Object.entries(v)) {
        // Keys of measured parts are names too.
        if (["phases", "call", "saved", "versions", "limits"].includes(key)) for (const w of k.match(/\p{L}+/gu) ?? []) words.add(w);
        visit(x, Array.isArray(v) ? key : k);
      }
  };
  visit(report, "");
  for (const w of report.programs.flatMap((p) =>
    p.levels.flatMap((l) => l.regions.flatMap((r) => r.nodes.flatMap((n) => (n.attributes ?? "").match(/\p{L}+/gu) ?? []))),
  ))
    words.add(w);
  for (const t of [
    // Older profiles have the sentences in English alone.
    ...report.programs.flatMap((p) => p.decisions ?? []).flatMap((d) => (d.phrases ? [] : [d.rule, d.reason, d.otherwise ?? ""])),
    ...report.warnings.map((w) => w.message),
    ...report.compilations.flatMap((c) => c.causes.map((x) => x.text)),
    ...(report.memory?.holders ?? []).map((h) => h.text),
  ])
    for (const w of t.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []) words.add(w);
  return words;
}
/** What is left of a text when everything in brackets is taken out. */
function outside(text) {
  let before;
  do {
    before = text;
    text = text.replace(/⟦[^⟦⟧]*⟧/g, " ");
  } while (text !== before);
  return text;
}
function page(name, report, l10n) {
  const file = join(folder, `${name}.html`);
  const html = reports.EXPORTERS.find((e) => e.id === "html").write(report, {
    page: dist("views", "main.js"),
    layoutWorker: dist("views", "layoutWorker.js"),
  });
  const json = JSON.stringify(l10n).replace(/</g, "\\u003c");
  writeFileSync(
    file,
    html.replace('<script type="application/json" id="report">', (m) => `<script type="application/json" id="l10n">${json}</script>${m}`),
  );
  return pathToFileURL(file).href;
}
/** Everything that a page shows or says: texts, attributes that are read aloud, what is drawn. */
const everythingSaid = () => {
  const out = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) out.push(node.textContent);
    else if (node.nodeType === Node.ELEMENT_NODE) {
      if (["SCRIPT", "STYLE", "PRE", "CODE"].includes(node.tagName) || node.matches(".jaxpr, .code")) return;
      for (const a of ["title", "aria-label", "placeholder", "alt", "aria-description"]) if (node.hasAttribute(a)) out.push(node.getAttribute(a));
      node.childNodes.forEach(walk);
    }
  };
  walk(document.body);
  return [...out, ...(window.drawn ?? [])];
};
let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});
async function open(url) {
  const p = await browser.newPage({ viewport: { width: 1200, height: 760 } });
  p.errors = [];
  p.on("pageerror", (e) => p.errors.push(String(e)));
  await p.addInitScript(() => {
    window.drawn = new Set();
    const draw = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
      // What is shortened to fit has lost its bracket.
      if (!String(text).endsWith("…")) window.drawn.add(String(text));
      return draw.call(this, text, ...rest);
    };
  });
  await p.goto(url);
  await p.locator(".tab").first().waitFor();
  return p;
}
for (const name of ["digits.v1.jitprofile.gz", "loop.v2.jitprofile.gz", "digits.v2.jitprofile.gz"])
  test(`pseudo-locale: every view of ${name} says no text that cannot be translated`, async () => {
    const report = fixture(name);
    const known = dataWords(report);
    const p = await open(page(name, report, pseudo));
    const ids = await p.locator(".tab").evaluateAll((tabs) => tabs.map((t) => t.dataset.id));
    const missed = new Map();
    let seen = 0;
    for (const id of ids) {
      await p.locator(`.tab[data-id="${id}"]`).click();
      await p.waitForTimeout(150);
      const row = p.locator(".tabpanel tbody tr[data-row] td").first();
      if (await row.count()) await row.click({ position: { x: 3, y: 3 } }).catch(() => {});
      for (const text of await p.evaluate(everythingSaid)) {
        seen++;
        // A letter beside a digit belongs to the number: 3x, 1.2k, v20.
        const words =
          outside(text)
            .replace(/\bv?\d[\d.,]*\p{L}?(?=$|[^\p{L}])/gu, " ")
            .match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
        // A sentence of the Report may begin with a capital letter here.
        const ours = words.filter((w) => !known.has(w) && !known.has(w[0].toLowerCase() + w.slice(1)) && !SAME.has(w));
        if (ours.length) missed.set(`${id}: ${text.trim().slice(0, 100)}`, ours.join(" "));
      }
    }
    assert.ok(seen > 300, `only ${seen} texts were looked at`);
    assert.deepEqual([...missed].slice(0, 20), []);
    assert.deepEqual(p.errors, []);
    await p.close();
  });
test("a pseudo-locale's ledger is translated sentence by sentence, and its arguments stay", async () => {
  const report = fixture("digits.v2.jitprofile.gz");
  const p = await open(page("sentences", report, pseudo));
  await p.locator('.tab[data-id="fusion"]').click();
  const said = await p.locator(".tabpanel tbody tr[data-row] td:nth-child(5) .wide > div:first-child").allInnerTexts();
  assert.ok(said.length > 3, `${said.length} rows`);
  for (const text of said) assert.match(text, /^⟦.*⟧$/);
  assert.deepEqual(p.errors, []);
  await p.close();
});
/** As a trial of a power leaves it in a Report. */
const power = {
  rule: "power by multiplications",
  file: 0,
  line: 1,
  lines: [],
  text: "pow with the constant exponent 6.5 is a general power (a logarithm and an exponential for each element) that costs 86 % of the program's time.",
  remedy: "Use multiplications and a square root (np.sqrt) of ratio instead of a power: ratio²·√ratio took 5 times less.",
  phrases: {
    text: {
      template:
        "pow with the constant exponent {0} is a general power (a logarithm and an exponential for each element) that costs {1} of the program's time.",
      args: ["6.5", "86 %"],
    },
    remedy: {
      template: "Use {0} of {1} instead of a power: {2} took {3} times less.",
      args: [{ template: "multiplications and a square root (np.sqrt)" }, "ratio", "ratio²·√ratio", "5"],
    },
  },
  gain: { before: { min: 3, median: 3, spread: 0 }, after: { min: 1, median: 1, spread: 0 }, runs: 3 },
  error: 0,
  action: { kind: "snippet", label: "Copy the multiplications", snippet: "x" },
};
test("insights: cause, remedy and the button's name are translated, and their arguments stay", async () => {
  const report = { ...fixture("digits.v2.jitprofile.gz"), insights: [power], tried: [power] };
  for (const [language, cause, remedy, label] of [
    [
      pseudo,
      /^⟦pow with the constant exponent 6\.5 .*time\.⟧$/,
      /⟦Use ⟦multiplications and a square root \(np\.sqrt\)⟧ of ratio .* 5 times less\.⟧/,
      /^⟦Copy the/,
    ],
    [chinese, /^指数为常数 6\.5 的 pow/, /用 ratio 的乘法和平方根（np\.sqrt）代替幂：ratio²·√ratio 耗时少 5 倍。/, /^复制乘法写法$/],
  ]) {
    const p = await open(page(`insights-${language === pseudo ? "pseudo" : "chinese"}`, report, language));
    await p.locator('.tab[data-id="insights"]').click();
    assert.match(await p.locator(".insight h3").innerText(), cause);
    assert.match(await p.locator(".insight-body p").innerText(), remedy);
    assert.match(await p.locator(".insight vscode-button").first().innerText(), label);
    await p.locator(".tried summary").click();
    assert.match(await p.locator(".tried li").innerText(), remedy);
    assert.deepEqual(p.errors, []);
    await p.close();
  }
});
test("Simplified Chinese: the page speaks it", async () => {
  const p = await open(page("chinese", fixture("loop.v2.jitprofile.gz"), chinese));
  await p.locator('.tab[data-id="kernels"]').click();
  assert.match(await p.locator("main").innerText(), /内核/);
  await p.close();
});
test("Simplified Chinese: the ledger's sentences", async () => {
  const p = await open(page("chinese-ledger", fixture("digits.v2.jitprofile.gz"), chinese));
  await p.locator('.tab[data-id="fusion"]').click();
  assert.match(await p.locator(".tabpanel tbody").innerText(), /Mul 在 reduce 的内核中计算，后者有自己的循环，而一个内核只围绕一个这样的操作构建/);
  assert.deepEqual(p.errors, []);
  await p.close();
});
