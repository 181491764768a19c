// A plan as one WebAssembly module: a function per kernel, and `run`, which calls them in order with loops and branches inside.
// `profile` is the same with a call of the timer around every kernel and every copy that takes time; the timer says how often a kernel is run in between.
import { itemsize } from "../../core/dtypes.ts";
import type { TensorType } from "../../graph/graph.ts";
import { timedCopies } from "../plan/copies.ts";
import { isRepeatable } from "../plan/repeatable.ts";
import type { KernelStep, Place, Plan, Step } from "../plan/types.ts";
import { WASM } from "../target.ts";
import { Bytes, ModuleBuilder } from "./encoder.ts";
import { addKernel, importMath, takesTable } from "./kernelFunction.ts";
import { OP, type OpName, writeOp } from "./opcodes.ts";

export interface EmittedProgram {
  readonly bytes: Uint8Array;
  /** The mathematics functions it imports. */
  readonly math: readonly string[];
  /** Library and callback steps by import name (c0, c1, …), in order. Each is called with the pointer table and the arena. */
  readonly calls: readonly (Step & { kind: "library" | "callback" })[];
}

/** The type of a block that leaves an i32. */
const I32 = 0x7f;
/** Pairs of clock readings with nothing between them. */
const IDLE_PAIRS = 64;
/** The local of `profile` that counts the runs of a kernel, after its parameters. */
const TIMES = 2;
function addIdle(m: ModuleBuilder, tick: number): void {
  const b = new Bytes();
  for (let i = 0; i < IDLE_PAIRS; i++) for (const k of [0, -1]) b.u8(OP.i32_const).s32(k).u8(OP.call).u32(tick).u8(OP.drop);
  m.add([], [], [], b, "idle");
}
/** What stands in a program's table: addresses of arguments, results and constants; then, where kernels have native code, a word for each kernel, which
 * is not 0 where that code is to be called, and the list of addresses that it is given. In bytes. */
export interface TableLayout {
  readonly routes: number;
  readonly frame: number;
  readonly bytes: number;
}
export function tableLayout(plan: Plan, native: ReadonlySet<number>): TableLayout {
  const routes = 4 * (plan.params.length + plan.outs.length + plan.constants.length);
  if (native.size === 0) return { routes, frame: routes, bytes: routes };
  const frame = routes + 4 * plan.kernels.length;
  const most = plan.kernels.reduce((n, k) => Math.max(n, k.kernel.buffers.length), 0);
  return { routes, frame, bytes: frame + 4 * (most + 1) };
}
/**
 * @param native kernels by number that may be computed by the processor's own code instead: by the import `native.call(kernel, frame)`, which gives 0, or 1 where
 *   the kernel of this module has to do it. In the frame stand the addresses of the kernel's buffers, and behind them the end of the arena
 */
export function emitProgram(plan: Plan, native: ReadonlySet<number> = new Set()): EmittedProgram {
  const m = new ModuleBuilder(),
    calls: (Step & { kind: "library" | "callback" })[] = [],
    callIndex = new Map<Step, number>();
  const tick = m.import("timer", "tick", ["i32"], ["i32"]);
  const walk = (steps: readonly Step[], f: (s: Step) => void): void => {
    for (const s of steps) {
      f(s);
      if (s.kind === "while") {
        walk(s.cond, f);
        walk(s.body, f);
      } else if (s.kind === "case") s.branches.forEach((b) => walk(b, f));
    }
  };
  const callNative = native.size ? m.import("native", "call", ["i32", "i32"], ["i32"]) : -1;
  const layout = tableLayout(plan, native);
  walk(plan.steps, (s) => {
    if (s.kind === "kernel") importMath(m, s.kernel.kernel);
    if (s.kind !== "library" && s.kind !== "callback") return;
    callIndex.set(s, m.import("call", `c${calls.length}`, ["i32", "i32"], []));
    calls.push(s);
  });
  const functions = new Map<number, number>();
  walk(plan.steps, (s) => {
    if (s.kind === "kernel") functions.set(s.kernel.id, addKernel(m, s.kernel.kernel, s.places, WASM, `k${s.kernel.id}`));
  });

  const copyIds = timedCopies(plan);
  const runner = (timed: boolean): void => {
    const b = new Bytes(),
      op = (n: OpName): void => writeOp(b, n);
    const pointer = (p: Place): void => {
      if (p.kind === "slot") {
        b.u8(OP.local_get).u32(0);
        op("i32_load");
        b.u32(2).u32(p.slot * 4);
      } else {
        b.u8(OP.local_get).u32(1).u8(OP.i32_const).s32(p.offset);
        op("i32_add");
      }
    };
    /** Leaves an `if` open: what follows is done where the native code is not to be called, or gave up. */
    const tryNative = ({ kernel, places }: KernelStep): void => {
      b.u8(OP.local_get).u32(0);
      op("i32_load");
      b.u32(2).u32(layout.routes + 4 * kernel.id);
      b.u8(OP.if).u8(I32);
      [...places, { kind: "arena", offset: plan.arenaBytes } as const].forEach((p, i) => {
        b.u8(OP.local_get).u32(0);
        pointer(p);
        op("i32_store");
        b.u32(2).u32(layout.frame + 4 * i);
      });
      b.u8(OP.i32_const).s32(kernel.id).u8(OP.local_get).u32(0).u8(OP.i32_const).s32(layout.frame);
      op("i32_add");
      b.u8(OP.call).u32(callNative).u8(OP.else).u8(OP.i32_const).s32(1).u8(OP.end).u8(OP.if).u8(0x40);
    };
    const tell = (k: number): void => void b.u8(OP.i32_const).s32(k).u8(OP.call).u32(tick);
    const ticked = (id: number, body: () => void, again = false): void => {
      if (!timed) return body();
      tell(id);
      if (again) {
        // As often as the timer says: it counts down.
        b.u8(OP.local_set).u32(TIMES).u8(OP.loop).u8(0x40);
        body();
        b.u8(OP.local_get).u32(TIMES).u8(OP.i32_const).s32(1);
        op("i32_sub");
        b.u8(OP.local_tee).u32(TIMES).u8(OP.br_if).u32(0).u8(OP.end);
      } else {
        b.u8(OP.drop);
        body();
      }
      tell(-1 - id);
      b.u8(OP.drop);
    };
    const loadIndex = (p: Place, t: TensorType): void => {
      pointer(p);
      op(itemsize(t.dtype) === 1 ? "i32_load8_u" : "i32_load");
      b.u32(0).u32(0);
    };
    const emit = (steps: readonly Step[]): void => {
      for (const s of steps) {
        switch (s.kind) {
          case "kernel":
            ticked(s.kernel.id, () => {
              const own = native.has(s.kernel.id);
              if (own) tryNative(s);
              if (takesTable(s.kernel.kernel)) b.u8(OP.local_get).u32(0).u8(OP.local_get).u32(1);
              else s.places.forEach(pointer);
              b.u8(OP.call).u32(functions.get(s.kernel.id)!);
              if (own) b.u8(OP.end);
            }, isRepeatable(s));
            break;
          case "library":
          case "callback":
            ticked(s.kernel.id, () => {
              b.u8(OP.local_get).u32(0).u8(OP.local_get).u32(1);
              b.u8(OP.call).u32(callIndex.get(s)!);
            });
            break;
          case "copy":
            if (s.bytes > 0) {
              const copy = (): void => {
                pointer(s.to);
                pointer(s.from);
                b.u8(OP.i32_const).s32(s.bytes);
                op("memory_copy");
                b.u8(0).u8(0);
              };
              const id = copyIds.get(s);
              if (id === undefined) copy();
              else ticked(id, copy);
            }
            break;
          case "while":
            b.u8(OP.block).u8(0x40).u8(OP.loop).u8(0x40);
            emit(s.cond);
            pointer(s.predicate);
            op("i32_load8_u");
            b.u32(0).u32(0);
            op("i32_eqz");
            b.u8(OP.br_if).u32(1);
            emit(s.body);
            b.u8(OP.br).u32(0).u8(OP.end).u8(OP.end);
            break;
          case "case":
            // An index out of range takes the last branch.
            s.branches.forEach((branch, i) => {
              if (i < s.branches.length - 1) {
                loadIndex(s.index, s.indexType);
                b.u8(OP.i32_const).s32(i);
                op("i32_eq");
                b.u8(OP.if).u8(0x40);
                emit(branch);
                b.u8(OP.else);
              } else emit(branch);
            });
            for (let i = 0; i < s.branches.length - 1; i++) b.u8(OP.end);
            break;
          default:
            s satisfies never;
        }
      }
    };
    emit(plan.steps);
    m.add(["i32", "i32"], [], timed ? ["i32"] : [], b, timed ? "profile" : "run");
  };
  runner(false);
  runner(true);
  addIdle(m, tick);
  return { bytes: m.build(), math: m.importNames.filter((n) => n.startsWith("math.")).map((n) => n.slice(5)), calls };
}
