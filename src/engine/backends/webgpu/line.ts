// The way from the engine to the GPU's thread and back, wherever the engine runs: a thread of Node's (`nodeLine.ts`) or a worker of a page (`pageLine.ts`).
import type { Command, Question, Reply } from "./messages.ts";

/** A question as it is sent: with its number, and whether the asker sleeps until it is answered. */
export type Asked = Question & { readonly id: number; readonly asleep: boolean };
export interface Line {
  post(m: Command | Asked, move?: readonly ArrayBufferLike[]): void;
  /** Sleeps until a reply comes, so many milliseconds at most. Undefined when none came. */
  sleep(milliseconds: number): Reply | undefined;
  /** Why this thread must not sleep, in words; null where it may. */
  readonly awake: string | null;
  /** Whether a reply is waited for without sleeping: the process does not end before it comes. */
  expect(some: boolean): void;
}
/** Told of replies that come while nobody sleeps, and of the thread's end. */
export interface Listener {
  arrived(r: Reply): void;
  ended(why: string): void;
}
