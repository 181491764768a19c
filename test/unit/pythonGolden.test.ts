// What JitLens makes of the Python examples, as golden Reports of two versions of JAX: each change of the bridge, of the readers of XLA's texts and of the
// Report shows here. Times, and what is of this machine alone, are left out. UPDATE_GOLDEN=1 writes them anew: look at the difference before it is committed.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/engine/report/types.ts";
import { GOLDEN, pythonWithJax } from "../python.mjs";
import { reportOf, run } from "./runs.ts";

const examples = fileURLToPath(new URL("../../examples/python/", import.meta.url));
const golden = fileURLToPath(new URL("../samples/golden/python/", import.meta.url));
const EXAMPLES = { digits: "train_step", headline: "headline", scan: "run", transformer: "block" } as const;
/** XLA's CPU compiler asks the processor what it can do: all get the same answer. */
const FLAGS = "--xla_cpu_max_isa=AVX2";
const isX64 = process.arch === "x64";

/** What the compiler made of it is the same on x64 processors only; what JAX made of it everywhere. */
const LEVELS = isX64 ? ["jaxpr", "stablehlo", "hlo"] : ["jaxpr", "stablehlo"];

/** The Report without times, and without what is of this machine. */
function masked(r: Report): object {
  const [p] = r.programs;
  // What else a line costs may be less than nothing once: which lines have kernels is not chance.
  const lines = (r.lines ?? []).filter((l) => l.parts.kernels !== undefined).map((l) => [l.file, l.line] as const);
  return {
    format: r.format,
    version: r.version,
    source: { ...r.source, versions: { jax: r.source.versions.jax, jaxlib: r.source.versions.jaxlib } },
    function: r.function,
    files: r.files.map((f) => f.path),
    frames: r.frames,
    stacks: r.stacks,
    arguments: p!.arguments,
    results: p!.results,
    levels: p!.levels
      .filter((l) => LEVELS.includes(l.name))
      .map((l) => ({ ...l, ...(l.text ? { text: { ...l.text, text: l.name === "hlo" ? undefined : l.text.text.split("\n") } } : {}) })),
    ...(isX64
      ? {
          kernels: p!.kernels!.map(({ time, code, predicted, ...k }) => ({ ...k, isMeasured: time !== undefined, hasText: Boolean(code?.length) })),
          decisions: p!.decisions,
          steps: p!.steps,
          memory: r.memory,
          lines: lines.sort((a, b) => a[0] - b[0] || a[1] - b[1]),
        }
      : {}),
    compilations: r.compilations.map((c) => ({ ...c, phases: Object.keys(c.phases).sort() })),
    phases: Object.keys(r.phases ?? {}).sort(),
    isMeasured: r.timing !== undefined,
    tracks: r.tracks?.map((t) => t.kind).filter((kind, i, all) => all.indexOf(kind) === i),
    warnings: r.warnings,
  };
}
/** Of a golden Report what another processor's can be held to. */
function portable(text: string, found: object): unknown {
  const all = JSON.parse(text) as Readonly<Record<string, unknown>> & { readonly levels: readonly { readonly name: string }[] };
  return { ...Object.fromEntries(Object.keys(found).map((k) => [k, all[k]])), levels: all.levels.filter((l) => LEVELS.includes(l.name)) };
}
const WIDTH = 140;
/** JSON with a line for what fits into one. */
function lined(value: unknown, indent = ""): string {
  const flat = JSON.stringify(value);
  if (flat === undefined || indent.length + flat.length <= WIDTH || typeof value !== "object" || value === null) return flat ?? "null";
  const inner = `${indent} `;
  if (Array.isArray(value)) return `[\n${value.map((v) => `${inner}${lined(v, inner)}`).join(",\n")}\n${indent}]`;
  const fields = Object.entries(value).filter(([, v]) => v !== undefined);
  return `{\n${fields.map(([k, v]) => `${inner}${JSON.stringify(k)}: ${lined(v, inner)}`).join(",\n")}\n${indent}}`;
}

describe.each(GOLDEN)("JAX %s", (version) => {
  let setting = "";
  beforeAll(() => {
    setting = pythonWithJax(version);
    process.env.JAX_PLATFORMS = "cpu";
    process.env.XLA_FLAGS = FLAGS;
  }, 600_000);
  test.each(Object.entries(EXAMPLES))("%s.py, %s", async (name, site) => {
    const file = join(examples, `${name}.py`);
    const report = reportOf(
      await run(readFileSync(file, "utf8"), {
        file,
        site,
        mode: "profile",
        python: { setting },
        root: dirname(examples),
        collect: { calls: 1e6, seconds: 30 },
      }),
    );
    expect(report.source.versions.jax).toBe(version);
    const text = `${lined(masked(report))}\n`;
    const at = join(golden, `${name}.${version}.json`);
    if (process.env.UPDATE_GOLDEN && isX64) {
      mkdirSync(golden, { recursive: true });
      writeFileSync(at, text);
    }
    if (!existsSync(at)) throw new Error(`there is no golden Report ${at}: write it with UPDATE_GOLDEN=1, and look at it`);
    expect(text).toBe(isX64 ? readFileSync(at, "utf8") : `${lined(portable(readFileSync(at, "utf8"), masked(report)))}\n`);
  });
});
