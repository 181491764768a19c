// A notebook is run once, and its cells are edited, put in, moved and taken away: the function at the cursor is traced again in the state that the run left.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LiveAnswer, LiveMessage } from "../../src/host/protocol.ts";
import { edited } from "../../src/host/live/fixes.ts";
import { LiveService } from "../../src/host/live/service.ts";
import { WarmRunners } from "../../src/host/live/warm.ts";
import { cellPath } from "../../src/host/notebook/cells.ts";
import { pythonWithJax } from "../python.mjs";
import { type Started, dist, reportOf, scratch, start } from "./runs.ts";

let setting = "";
let n = 0;
const open: Started[] = [];
beforeAll(() => {
  setting = pythonWithJax();
  process.env.JAX_PLATFORMS = "cpu";
}, 300_000);
afterAll(() => open.forEach((s) => s.close()));

/** Cells as an editor has them: what each was when it was run, and what it is now. */
class Notebook {
  readonly #file = join(scratch, `nblive${n++}`, "train.ipynb");
  readonly #reports: unknown[] = [];
  #wake = (): void => {};
  #warm!: WarmRunners;
  #live!: LiveService;
  private constructor(public cells: { text: string; was: string | null }[]) {}
  static async run(texts: readonly string[], site: string): Promise<Notebook> {
    const nb = new Notebook([]);
    nb.cells = texts.map((text, i) => ({ text, was: cellPath(nb.#file, i + 1) }));
    nb.#warm = new WarmRunners((_id, report) => {
      nb.#reports.push(report);
      nb.#wake();
    });
    nb.#live = new LiveService(join(dist, "grammars"), nb.#warm);
    const run = await start("", {
      file: nb.#file,
      cells: nb.#now(),
      site,
      live: true,
      python: { setting },
      onLive: (m: LiveMessage) => nb.#warm.message("t", m),
    });
    open.push(run);
    nb.#warm.add("t", { root: null, file: nb.#file }, run);
    reportOf(await run.result);
    nb.#warm.ready("t");
    return nb;
  }
  #now(): { file: string; text: string; was: string | null }[] {
    return this.cells.map((c, i) => ({ ...c, file: cellPath(this.#file, i + 1) }));
  }
  /** The cursor is at the first place of a text. */
  async ask(at: string): Promise<LiveAnswer> {
    const cells = this.#now();
    const cell = cells.find((c) => c.text.includes(at))!;
    const line = cell.text.slice(0, cell.text.indexOf(at)).split("\n").length - 1;
    return this.#live.edit({ run: "t", file: cell.file, languageId: "python", text: cell.text, line, cells });
  }
  /** The cell with the error as each change that is offered would have it. */
  async fixes(at: string): Promise<string[]> {
    const answer = await this.ask(at);
    if (answer?.kind !== "failed") throw new Error(JSON.stringify(answer));
    const { error, name, range } = answer;
    const cells = this.#now();
    const cell = cells.find((c) => c.file === error.file)!;
    const place = { line: error.line! - 1, column: error.column! - 1 };
    const p = { run: "t", file: cell.file, languageId: "python", text: cell.text, line: place.line, cells };
    return (await this.#live.fixes({ ...p, name, message: error.message, at: place, range })).map((f) => edited(cell.text, f.edits));
  }
  edit(from: string, to: string): void {
    const cell = this.cells.find((c) => c.text.includes(from));
    if (!cell) throw new Error(`no cell has ${from}`);
    cell.text = cell.text.replace(from, to);
  }
  async report(): Promise<ReturnType<typeof reportOf>> {
    while (!this.#reports.length) await new Promise<void>((resolve) => (this.#wake = resolve));
    return reportOf({ kind: "report", report: this.#reports.pop() });
  }
}
const cellOf = (path: string | null | undefined): string => path?.replace(/.*#cell-/, "") ?? "";
/** Types by `name@cell:line`. */
function hints(a: LiveAnswer): Record<string, string> {
  if (a?.kind !== "traced" && a?.kind !== "failed") throw new Error(JSON.stringify(a));
  return Object.fromEntries(a.hints.map((h) => [`${h.name}@${cellOf(h.cell)}:${h.line}`, h.types.join(" | ")]));
}
const notes = (a: LiveAnswer): string[] => (a && "notes" in a ? a.notes.map((x) => `${cellOf(x.cell)}:${x.line} ${x.why}`) : []);

describe("cells that are edited", { timeout: 120_000 }, () => {
  test("changes that mend an error are tried in its cell, among the others", async () => {
    const nb = await Notebook.run(
      ["import jax\nimport jax.numpy as jnp", "def layer(x, w):\n  return x @ w", "@jax.jit\ndef step(x, w):\n  return layer(x, w).sum()", "step(jnp.ones((4, 2)), jnp.ones((2, 3)))"],
      "step",
    );
    nb.edit("x @ w", "x @ w.T");
    expect(await nb.fixes("layer(x, w).sum")).toEqual(["def layer(x, w):\n  return x @ w"]);
    nb.edit("x @ w.T", "x @ w");
    nb.edit("layer(x, w).sum()", "layer(x, w).sum(dim=0)");
    expect(await nb.fixes("layer(x, w).sum")).toEqual(["@jax.jit\ndef step(x, w):\n  return layer(x, w).sum(axis=0)"]);
  });
  test("shapes, errors and the picture stand in their cells, and go with them", async () => {
    const nb = await Notebook.run(
      [
        "import jax\nimport jax.numpy as jnp\n%matplotlib inline\nwidth = 16",
        "def layer(x, w):\n    y = x @ w\n    return jnp.tanh(y)",
        "@jax.jit\ndef step(x, w):\n    h = layer(x, w)\n    return (h * h).sum()",
        "loss = step(jnp.ones((64, 32)), jnp.ones((32, width)))",
        'raise SystemError("not run")',
      ],
      "step",
    );
    const shapes = {
      "x@3:2": "f32[64,32]",
      "w@3:2": "f32[32,16]",
      "h@3:3": "f32[64,16]",
      "x@2:1": "f32[64,32]",
      "w@2:1": "f32[32,16]",
      "y@2:2": "f32[64,16]",
    };
    expect(hints(await nb.ask("h = layer"))).toEqual(shapes);
    // What another cell defines.
    nb.edit("x @ w", "(x @ w).T");
    expect(hints(await nb.ask("y ="))).toMatchObject({ "y@2:2": "f32[16,64]", "h@3:3": "f32[16,64]" });
    const report = await nb.report();
    const texts = report.files.map((f) => [cellOf(f.path), f.text?.includes("(x @ w).T")]);
    expect(texts).toEqual(
      expect.arrayContaining([
        ["2", true],
        ["3", false],
      ]),
    );
    expect(cellOf(report.files[report.frames[report.function.at]!.file]!.path)).toBe("3");
    // An error, in the cell that it is in.
    nb.edit("(x @ w).T", "x @ x");
    const wrong = await nb.ask("h = layer");
    if (wrong?.kind !== "failed") throw new Error(JSON.stringify(wrong));
    expect([wrong.name, cellOf(wrong.error.file), wrong.error.line]).toEqual(["TypeError", "2", 2]);
    expect(wrong.range).toMatchObject({ line: 1, column: 8, endLine: 1, endColumn: 13 });
    nb.edit("x @ x", "x @ w");
    expect(hints(await nb.ask("h = layer"))).toEqual(shapes);
    // A cell put in above with a new function, and one moved: numbers change, cells do not.
    nb.cells.splice(1, 0, { text: "def twice(x):\n    t = x + x\n    return t", was: null });
    nb.edit("h = layer(x, w)", "h = twice(layer(x, w))");
    expect(hints(await nb.ask("h = twice"))).toMatchObject({ "t@2:2": "f32[64,16]", "y@3:2": "f32[64,16]", "h@4:3": "f32[64,16]" });
    const [first] = nb.cells.splice(2, 1);
    nb.cells.splice(3, 0, first!);
    expect(hints(await nb.ask("h = twice"))).toMatchObject({ "y@4:2": "f32[64,16]", "h@3:3": "f32[64,16]" });
    // A statement would have to run again; a cell that was not run says nothing.
    nb.edit("jnp.ones((64, 32))", "jnp.ones((8, 32))");
    nb.edit("not run", "still not run");
    expect(notes(await nb.ask("h = twice"))).toEqual(["5:1 statement"]);
    // A cell that is being written.
    nb.edit("t = x + x", "t = (x +");
    expect(await nb.ask("h = twice")).toMatchObject({ kind: "unreadable" });
  });
  test("top-level await, an indented cell, and what the future is asked for", async () => {
    const nb = await Notebook.run(
      [
        "from __future__ import annotations\nimport asyncio\nimport jax\nimport jax.numpy as jnp",
        "await asyncio.sleep(0)",
        "  @jax.jit\n  def f(x: Undefined):\n    y = x * 2\n    return y\n  f(jnp.ones(3))",
      ],
      "f",
    );
    expect(hints(await nb.ask("y ="))).toMatchObject({ "y@3:3": "f32[3]" });
    nb.edit("x * 2", "x[:2]");
    expect(hints(await nb.ask("y ="))).toMatchObject({ "y@3:3": "f32[2]" });
  });
});
