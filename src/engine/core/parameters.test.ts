// Parameter names are right for every form of function that JavaScript has.
import { expect, test } from "vitest";
import { parametersOf } from "./parameters.ts";

const of = (text: string): readonly string[] => parametersOf((0, eval)(`(${text})`) as () => void).names;
test.each<[string, readonly string[]]>([
  ["x => x", ["x"]],
  ["async x => x", ["x"]],
  ["async => async", ["async"]],
  ["async (a, b) => a", ["a", "b"]],
  ["() => 1", []],
  ["(a = '//', b) => a", ["a", "b"]],
  ['(a = "),(", b) => a', ["a", "b"]],
  ["(a = `,${`)${1}`})`, b) => a", ["a", "b"]],
  ["(a = /[),]/, b = 4 / 2, c = a / b) => a", ["a", "b", "c"]],
  ["(a /* , x) */, b // )\n, c) => a", ["a", "b", "c"]],
  ["(ü, größe, x̂ = 1, $_) => ü", ["ü", "größe", "x̂", "$_"]],
  ["({ a, b }, [c, d] = [1, 2], e) => a", ["arg0", "arg1", "e"]],
  ["(a, ...rest) => a", ["a", "rest"]],
  ["function (a, b = (x, y) => x) {}", ["a", "b"]],
  ["function named(a, b) { return (c, d) => 1; }", ["a", "b"]],
  ["async function* gen(a, b) { yield a; }", ["a", "b"]],
  ["{ m(a, b) {} }.m", ["a", "b"]],
  ["{ async *'odd (name'(a, b) {} }['odd (name']", ["a", "b"]],
  ["{ ['comp' + '(uted)'](a) {} }['comp(uted)']", ["a"]],
  ["(a = function (b, c) { return '}' }, d) => a", ["a", "d"]],
])("%s", (text, names) => expect(of(text)).toEqual(names));
test("functions without a text of their own take anything", () => {
  expect(parametersOf(Math.max).open).toBe(true);
  expect(parametersOf(((a: number, b: number) => a + b).bind(null)).open).toBe(true);
  expect(parametersOf((a: number, ..._b: number[]) => a).open).toBe(true);
  expect(parametersOf((a: number) => a).open).toBe(false);
});
test("a long text is read once and in linear time", () => {
  const f = (0, eval)(`((a, b) => { ${"a(b); ".repeat(200_000)} })`) as () => void,
    start = performance.now();
  expect(parametersOf(f).names).toEqual(["a", "b"]);
  for (let i = 0; i < 1000; i++) parametersOf(f);
  expect(performance.now() - start).toBeLessThan(1000);
});
