// A kernel as a function of a module: schedule, code, locals. Its parameters are the addresses of its buffers; a kernel with more buffers than a
// function has parameters takes the program's pointer table and arena instead, and finds them by the places that the plan gave them.
import { config } from "../../core/config.ts";
import type { Kernel } from "../kernel/ir.ts";
import { scheduleKernel } from "../kernel/schedule.ts";
import { postOrder, roots } from "../kernel/walk.ts";
import { verifyKernel, verifySchedule } from "../kernel/verify.ts";
import type { Place } from "../plan/types.ts";
import type { Target } from "../target.ts";
import { type Asm, type Instr, type Variable } from "./asm.ts";
import type { ModuleBuilder, ValType } from "./encoder.ts";
import { writeFunction } from "./locals.ts";
import { type Linkage, lowerKernel } from "./lower.ts";

/** Calls with many arguments are slow long before they are forbidden. */
const MOST_PARAMETERS = 64;
export const takesTable = (k: Kernel): boolean => k.buffers.length > MOST_PARAMETERS;

/** Imports the mathematics functions that a kernel calls: a module's imports come before its functions. */
export function importMath(m: ModuleBuilder, k: Kernel): void {
  postOrder(roots(k.body), (e) => {
    if (e.kind === "call") importFunction(m, e.fn, e.args.length);
    else if (e.kind === "unless") importFunction(m, e.fn, e.args.length - 2);
  });
}
const importFunction = (m: ModuleBuilder, fn: string, args: number): number => m.import("math", fn, Array<ValType>(args).fill("f64"), ["f64"]);

/** Adds a kernel's function to a module and gives its index. All mathematics functions must have been imported. */
export function addKernel(m: ModuleBuilder, kernel: Kernel, places: readonly Place[] | null, target: Target, exported: string | null): number {
  const table = takesTable(kernel) && places !== null;
  const parameters = table ? 2 : kernel.buffers.length;
  const params = Array.from({ length: parameters }, (_x, local): Variable => ({ type: "i32", local }));
  const linkage: Linkage = {
    pointer: table ? fromPlaces(places, params) : fromParameters(params),
    math: (fn, args) => importFunction(m, fn, args),
  };
  const schedule = scheduleKernel(kernel, target);
  if (config.enableChecks) {
    verifyKernel(kernel);
    verifySchedule(schedule, target);
  }
  const asm = lowerKernel(schedule, linkage, target.tile);
  const { locals, code } = writeFunction(asm, parameters);
  return m.add(
    params.map((p) => p.type),
    [],
    locals,
    code,
    exported,
  );
}
const fromParameters =
  (params: readonly Variable[]) =>
  (a: Asm, buffer: number): Instr => {
    const p = params[buffer];
    if (!p) throw new Error(`the kernel has no buffer ${buffer}`);
    return a.read(p);
  };
const fromPlaces =
  (places: readonly Place[], params: readonly Variable[]) =>
  (a: Asm, buffer: number): Instr => {
    const place = places[buffer];
    const [table, arena] = params;
    if (!place || !table || !arena) throw new Error(`the kernel has no buffer ${buffer}`);
    const key = `p${buffer}`;
    const make = (): Instr =>
      place.kind === "slot" ? a.load("i32_load", a.read(table), place.slot * 4) : a.op("i32_add", a.read(arena), a.i32(place.offset));
    return a.find(key) ?? a.within(a.root, () => a.remember(key, make()));
  };
