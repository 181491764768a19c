// What a runner holds that follows edits: as much after hundreds of them as after a few. The state that edits are made in is this file's own.
import { expect, test } from "vitest";
import { build } from "../../src/host/runner/compiler.ts";
import { Probes } from "../../src/host/runner/live/probes.ts";
import { Scope } from "../../src/host/runner/live/scope.ts";
import { Swapper } from "../../src/host/runner/live/swap.ts";

const TEXT = `function layer(x: number): number {
  const a = x + 1;
  const b = a * 2;
  return a + b;
}
function other(x: number): number {
  const c = layer(x);
  return c - 1;
}
`;
test("pieces of code and places of variables that are in effect no more are let go", async () => {
  // The runner has compiled its file before.
  await build({ stdin: { contents: "" }, write: false });
  const evaluate = new Function(`let layer, other; return (code) => eval(code);`)() as (code: string) => unknown;
  const globals = globalThis as unknown as Record<string, unknown>;
  globals.__jitlensSeen = () => {};
  const probes = new Probes();
  const names = ["layer", "other"];
  const scope = new Scope(evaluate, new Map(names.map((n) => [n, n])), {}, probes, "/f.ts");
  const swapper = new Swapper(TEXT, "typescript", scope, () => []);
  const edit = (i: number): void => {
    swapper.edit(TEXT.replace("x + 1", `x + ${i}`));
    // A name that is being typed is a new declaration for a moment; code that throws is evaluated in vain.
    swapper.edit(`${TEXT.replace("x + 1", `x + ${i}`)}function typed${i}() { const z = 1; return z; }\n`);
    expect(() =>
      swapper.edit(`${TEXT.replace("x + 1", `x + ${i}`)}const bad${i} = (() => { throw new Error("no"); })() as () => void;\n`),
    ).not.toThrow(TypeError);
  };
  for (let i = 2; i < 22; i++) edit(i);
  const held = [scope.size, probes.size];
  for (let i = 22; i < 72; i++) edit(i);
  expect([scope.size, probes.size]).toEqual(held);
  expect(scope.size).toBeLessThan(25);
  // The last edit is in effect.
  expect((evaluate("layer") as (x: number) => number)(1)).toBe((1 + 71) * 3);
});
