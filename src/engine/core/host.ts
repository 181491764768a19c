// What the engine stands in. Its bundle imports nothing of Node, so Node's own modules are asked for at run time.

/** A module of Node's own, in Node.js from 20.16 on, Deno and Bun; undefined in browsers. */
export const builtin = (name: string): unknown =>
  (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process?.getBuiltinModule?.(`node:${name}`);
