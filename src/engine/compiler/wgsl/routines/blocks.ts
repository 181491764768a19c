// What blocked factorizations and solves share: matrices as buffers, a block in shared memory, and the product of blocks that is taken from what is left.
import type { TensorType } from "../../../graph/graph.ts";
import { sizeOf } from "../../../core/aval.ts";
import type { EmittedPhase } from "../phase.ts";
import { type RoutineCall, RoutineShader, numbers } from "./shader.ts";

/** Smaller matrices are left to the CPU, which computes in double precision and needs less time than a GPU takes for so many steps that follow one another. */
const LEAST = 128;
/** Rows and columns of a tile of the product, and of a thread. */
const TILE = 32;
const EACH = 4;
/** An element of a matrix, by the texts of its row and column. */
export type Element = (row: string, column: string) => string;
export interface Stack {
  readonly count: number;
  readonly m: number;
  readonly n: number;
}
export const stackOf = ({ shape }: TensorType): Stack => ({ count: sizeOf(shape.slice(0, -2)), m: shape.at(-2)!, n: shape.at(-1)! });
/** Why the CPU is to have it, in words; null where it is the GPU's. */
export function better(call: RoutineCall, rows: number): string | null {
  const refused = call.node.inputs.find((x) => x.dtype !== "float32");
  if (refused) return `it computes in ${refused.dtype}`;
  return rows < LEAST ? `its matrices have fewer than ${LEAST} rows` : null;
}
/** A shader that is started once for each block; `k` is where the block begins and `b` how wide it is. */
export class BlockShader extends RoutineShader {
  /** @param width of blocks, @param extent what they are cut from */
  constructor(
    call: RoutineCall,
    readonly k: number,
    readonly width: number,
    readonly extent: number,
  ) {
    super(call, false);
  }
  get head(): string {
    return `  let k = i32(${this.memory.table(numbers(this.k), "u32")}[0]);\n  let b = min(${this.width}, ${this.extent} - k);\n`;
  }
  /** Brings a block into shared memory; elements that it has not are 0. */
  bring(element: Element): string {
    return `  for (var e = i32(thread); e < ${this.width ** 2}; e += ${this.call.group}) {
    let i = e / ${this.width};
    let j = e % ${this.width};
    var x = 0.0f;
    if (i < b && j < b) { x = ${element("(k + i)", "(k + j)")}; }
    block[e] = x;
  }
  workgroupBarrier();
`;
  }
  get block(): readonly [name: string, type: string, size: number] {
    return ["block", "f32", this.width ** 2];
  }
  /** A phase of work groups that have so many lines of a matrix each, a thread one of them. @param body sees `line`, below `lines`, and `matrix` */
  perLine(count: number, lines: number, extent: string, element: (matrix: string) => Element, body: string): EmittedPhase {
    const { group } = this.call;
    const text = `${this.head}  let lines = ${extent};
  let chunks = (lines + ${group - 1}) / ${group};
  let matrix = work_group / chunks;
  let line = work_group % chunks * ${group} + i32(thread);
${this.bring(element("matrix"))}  if (line >= lines) { return; }
  var x: array<f32, ${this.width}>;
${body}`;
    return this.finish({ body: text, shared: [this.block], threads: count * Math.ceil(lines / group), groups: true }, 0);
  }
}
export interface Update {
  readonly count: number;
  /** Rows and columns that are left, and where they begin; as numbers for how many work groups there are, and as texts. */
  readonly rows: number;
  readonly columns: number;
  readonly extents: readonly [rows: string, columns: string];
  readonly origin: readonly [row: string, column: string];
  /** The factors: the block's columns, and the block's rows. */
  readonly left: Element;
  readonly right: Element;
  readonly old: Element;
  readonly store: (row: string, column: string, value: string) => string;
  /** Whether what stands above the diagonal is left as it is. */
  readonly lower: boolean;
}
/** What is left, less the product of a block's columns by its rows. Factors and what is left are disjoint. */
export function updated(shader: BlockShader, u: Update): EmittedPhase {
  const { width, call } = shader;
  const tiles = (n: number): number => Math.ceil(n / TILE);
  const each = Array.from({ length: EACH }, (_v, i) => i);
  const bring = (to: string, isLeft: boolean): string => `  for (var e = i32(thread); e < ${TILE * width}; e += ${call.group}) {
    let place = e % ${TILE};
    let p = e / ${TILE};
    var x = 0.0f;
    if (p < b && ${isLeft ? "row" : "column"} + place < ${isLeft ? "rows" : "columns"}) { x = ${isLeft ? u.left(`(${u.origin[0]} + row + place)`, "(k + p)") : u.right("(k + p)", `(${u.origin[1]} + column + place)`)}; }
    ${to}[e] = x;
  }
`;
  const wide = TILE / EACH;
  const body = `${shader.head}  let rows = ${u.extents[0]};
  let columns = ${u.extents[1]};
  let across = (columns + ${TILE - 1}) / ${TILE};
  let down = (rows + ${TILE - 1}) / ${TILE};
  let matrix = work_group / (across * down);
  let row = work_group / across % down * ${TILE};
  let column = work_group % across * ${TILE};
${u.lower ? "  if (column > row) { return; }\n" : ""}${bring("left", true)}${bring("right", false)}  workgroupBarrier();
  let mine = i32(thread) / ${wide} * ${EACH};
  let own = i32(thread) % ${wide} * ${EACH};
${each.map((r) => each.map((c) => `  var t${r * EACH + c} = 0.0f;\n`).join("")).join("")}  for (var p = 0; p < b; p++) {
${each.map((r) => `    let x${r} = left[p * ${TILE} + mine + ${r}];\n    let y${r} = right[p * ${TILE} + own + ${r}];\n`).join("")}${each.map((r) => each.map((c) => `    t${r * EACH + c} += x${r} * y${c};\n`).join("")).join("")}  }
  var sums = array<f32, ${EACH ** 2}>(${each.flatMap((r) => each.map((c) => `t${r * EACH + c}`)).join(", ")});
  for (var e = 0; e < ${EACH ** 2}; e++) {
    let i = row + mine + e / ${EACH};
    let j = column + own + e % ${EACH};
    if (i >= rows || j >= columns${u.lower ? " || j > i" : ""}) { continue; }
    let to_row = ${u.origin[0]} + i;
    let to_column = ${u.origin[1]} + j;
    ${u.store("to_row", "to_column", `${u.old("to_row", "to_column")} - sums[e]`)}
  }
`;
  const shared = (["left", "right"] as const).map((name) => [name, "f32", TILE * width] as const);
  return shader.finish({ body, shared, threads: u.count * tiles(u.rows) * tiles(u.columns), groups: true }, 0);
}
/** Copies an operand to a result, element by element. */
export function copied(
  call: RoutineCall,
  from: number,
  result: number,
  size: number,
  more: (shader: RoutineShader) => string = () => "",
): EmittedPhase {
  const shader = new RoutineShader(call, false);
  return shader.finish({ body: `  ${shader.store(shader.result(result), "at", shader.load(from, "at"))}\n${more(shader)}`, threads: size }, 0);
}
