// The examples do what they say: PPO balances its pole, modules read unseen digits, atoms keep their energy, pictures are as their captions say.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url)),
  folder = mkdtempSync(join(tmpdir(), "jitlens-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const names = ["first-steps", "digits", "transformer", "cartpole", "modules", "tables", "gpt", "vae", "diffusion", "molecules", "neuralode", "gaussianprocess", "resnet", "dalle"];
// One build for all: the engine is a file that they share.
beforeAll(async () => {
  await build({
    ...{ entryPoints: names.map((n) => join(root, "examples", `${n}.ts`)), outdir: folder, outExtension: { ".js": ".mjs" } },
    ...{ bundle: true, splitting: true, format: "esm", platform: "node", logLevel: "error" },
    define: { "import.meta.dirname": JSON.stringify(join(root, "examples")) },
    alias: { jitlens: join(root, "src", "engine", "index.ts") },
  });
}, 120_000);
/** What an example prints, line by line. @param steps of training, where fewer than its own will do */
function printed(name: string, steps?: number): string[] {
  const env = steps === undefined ? process.env : { ...process.env, STEPS: String(steps) };
  return execFileSync(process.execPath, [join(folder, `${name}.mjs`)], { encoding: "utf8", env })
    .trimEnd()
    .split("\n");
}
/** The numbers that a pattern's group has in the lines. */
const numbers = (lines: readonly string[], pattern: RegExp): number[] => lines.flatMap((l) => pattern.exec(l)?.slice(1).map(Number) ?? []);

test("examples/first-steps.ts prints shapes and finite numbers", () => {
  const lines = printed("first-steps");
  expect(lines[0]).toContain("[ 256, 128 ]");
  expect(numbers(lines, /spread: ([\d.]+)/)[0]).toBeCloseTo(1, 2);
  expect(lines.join()).not.toMatch(/NaN|Infinity/);
}, 120_000);
test("examples/digits.ts reads more than 95 % of unseen digits", () => {
  expect(numbers(printed("digits"), /accuracy ([\d.]+) %/).at(-1)).toBeGreaterThan(95);
}, 120_000);
test("examples/transformer.ts learns to copy: real JAX's losses with the same seeds are 0.156 after 20 steps and 0.028 after 40", () => {
  const lines = printed("transformer");
  expect(numbers(lines, /loss ([\d.]+)/)).toEqual([expect.closeTo(0.156, 2), expect.closeTo(0.028, 2)]);
  expect(lines.at(-1)).toContain("[0, 1, 2, 3, 4, 5, 6, 7]");
}, 120_000);
test("examples/cartpole.ts: a pole that falls after 20 steps stands for more than 80", () => {
  const steps = printed("cartpole").map((l) => Number(/stands for (\d+) steps/.exec(l)![1]));
  expect(steps.length).toBe(6);
  expect(Math.max(...steps.slice(2))).toBeGreaterThan(80);
}, 120_000);
test("examples/modules.ts reads more than 95 % of unseen digits, and so does what its checkpoint gives", () => {
  const lines = printed("modules"),
    shares = lines.slice(-2).map((l) => Number(/([\d.]+) %/.exec(l)![1]));
  expect(shares[0]).toBe(shares[1]);
  expect(shares[0]).toBeGreaterThan(95);
}, 120_000);
test("examples/tables.ts tells more than 90 % of unseen flowers and wines apart", () => {
  const lines = printed("tables");
  expect(lines.map((l) => l.split(":")[0])).toEqual(["iris", "wine"]);
  for (const l of lines) expect(Number(/([\d.]+) % of \d+ unseen/.exec(l)![1])).toBeGreaterThan(90);
}, 120_000);
test("examples/gpt.ts: the letters of a sonnet become likelier, and it writes 200", () => {
  const lines = printed("gpt", 100),
    losses = numbers(lines, /loss ([\d.]+)/);
  expect(losses[0]).toBeGreaterThan(3.8);
  expect(losses.at(-1)).toBeLessThan(2.8);
  expect(lines.join("\n").split("|")[1]!.length).toBeGreaterThanOrEqual(200);
}, 120_000);
test("examples/vae.ts: unseen digits come back", () => {
  const losses = numbers(printed("vae", 10), /loss ([\d.]+)/);
  expect(losses[0]).toBeGreaterThan(35);
  expect(losses.at(-1)).toBeLessThan(27);
}, 120_000);
test("examples/diffusion.ts: noise becomes a spiral", () => {
  const lines = printed("diffusion", 600),
    losses = numbers(lines, /loss ([\d.]+)/);
  expect(losses.at(-1)).toBeLessThan(losses[0]!);
  expect(numbers(lines, /noise (\d+) %/)[0]).toBeGreaterThan(35);
}, 120_000);
test("examples/molecules.ts: energy is conserved, and no two atoms sit in one place", () => {
  const lines = printed("molecules"),
    temperatures = numbers(lines, /temperature ([\d.]+)/);
  expect(numbers(lines, /more than ([\d.]+) %/)[0]).toBeLessThan(0.1);
  for (const t of temperatures) expect(Math.abs(t - 0.85)).toBeLessThan(0.25);
  expect(/distance: ( +)/.exec(lines.at(-2)!)![1]!.length).toBeGreaterThan(1);
}, 120_000);
test("examples/neuralode.ts: a network swings as a pendulum does", () => {
  const lines = printed("neuralode"),
    losses = numbers(lines, /loss ([\d.]+)/);
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 100);
  expect(numbers(lines, /off by ([\d.]+)/)[0]).toBeLessThan(0.2);
}, 120_000);
test("examples/gaussianprocess.ts finds the noise that its points were made with", () => {
  const lines = printed("gaussianprocess"),
    losses = numbers(lines, /likelihood ([\d.]+)/);
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
  expect(Math.abs(numbers(lines, /noise ([\d.]+)/)[0]! - 0.2)).toBeLessThan(0.05);
  expect(numbers(lines, /at (\d+) %/)[0]).toBeGreaterThan(70);
}, 120_000);
test("examples/resnet.ts reads more than 94 % of unseen digits", () => {
  expect(numbers(printed("resnet"), /accuracy ([\d.]+) %/)[0]).toBeGreaterThan(94);
}, 120_000);
test("examples/dalle.ts: pictures become words of a book, and captions pictures", () => {
  const lines = printed("dalle", 100),
    [before, after] = numbers(lines, /tokenizer, .*loss ([\d.]+)/),
    [first, last] = numbers(lines, /painter, .*loss ([\d.]+)/);
  expect(after).toBeLessThan(before! / 3);
  expect(last).toBeLessThan(first! / 3);
  expect(lines.at(-1)).toMatch(/^of 23 captions/);
}, 120_000);
