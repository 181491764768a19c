// The arena: what is given back is used again, neighbours become one, and nothing is given twice.
import { expect, test } from "vitest";
import { generator } from "../../testPrograms.ts";
import { Arena } from "./arena.ts";

test("neighbouring holes become one, whichever is given back first", () => {
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [0, 2, 1],
    [1, 0, 2],
  ]) {
    const arena = new Arena(64);
    const places = [arena.take(100), arena.take(100), arena.take(100)];
    const last = arena.take(10);
    for (const i of order) arena.give(places[i]!, 100);
    expect(arena.take(384)).toBe(0);
    expect(last).toBe(384);
    expect(arena.size).toBe(448);
  }
});
test("a hole at the end grows instead of a new place behind it", () => {
  const arena = new Arena(64);
  arena.give(arena.take(64), 64);
  expect(arena.take(640)).toBe(0);
  expect(arena.size).toBe(640);
});
test("places that are held at once never overlap", () => {
  const random = generator(7);
  const arena = new Arena(64);
  const held: { at: number; bytes: number }[] = [];
  for (let i = 0; i < 2000; i++) {
    if (held.length > 0 && random() < 0.5) {
      const [gone] = held.splice(Math.floor(random() * held.length), 1);
      arena.give(gone!.at, gone!.bytes);
      continue;
    }
    const bytes = Math.floor(random() * 500);
    const at = arena.take(bytes);
    for (const h of held) expect(at >= h.at + h.bytes || h.at >= at + bytes).toBe(true);
    held.push({ at, bytes });
  }
});
