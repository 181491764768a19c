// Sorting on a grid: a bitonic network over words that stand in the keys' order, the last of them the element's own position, which makes it stable. What a
// work group holds in shared memory it sorts by itself; above, each step of the network is a dispatch. In the end every operand follows the positions.
// Source: Batcher, "Sorting networks and their applications" (1968).
import { type DType, isComplex, isFloat, isUnsigned, itemsize, realPart } from "../../../core/dtypes.ts";
import type { EmittedPhase } from "../phase.ts";
import { type DeviceRoutine, type RoutineCall, RoutineShader, numbers } from "./shader.ts";

/** Bytes of shared memory that a work group takes, and how many elements it sorts at most. */
const SHARED_BYTES = 8192;
const MOST_LOCAL = 1024;
interface Sort {
  /** Keys' buffers, the first one first. */
  readonly keys: readonly number[];
  readonly falling: boolean;
  /** Length of a row, and elements between its neighbours. */
  readonly n: number;
  readonly stride: number;
  readonly rows: number;
  /** Elements of each row that results have. */
  readonly kept: number;
  /** What is stored for a result. */
  readonly results: readonly { readonly from: number | "position"; readonly to: number }[];
}
const powerOf2 = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));
const partsOf = (d: DType): number => (isComplex(d) ? 2 : 1);

function phasesOf(call: RoutineCall, s: Sort): EmittedPhase[] | string {
  const types = call.node.inputs.map((n) => n.dtype);
  const refused = types.find((d) => itemsize(realPart(d)) > 4);
  if (refused) return `it sorts ${refused}`;
  const words = s.keys.reduce((sum, k) => sum + partsOf(types[k]!), 0) + 1;
  const padded = powerOf2(s.n);
  const local = Math.min(MOST_LOCAL, 2 ** Math.floor(Math.log2(SHARED_BYTES / 4 / words)), powerOf2(s.rows * padded));
  const blocks = Math.ceil((s.rows * padded) / local);
  const bytes = padded > local ? 4 * words * blocks * local : 0;
  if (bytes > call.most) return `its keys take ${bytes} bytes`;
  const network = new Network(call, s, { words, padded, local, blocks, bytes });
  if (padded <= local) return [network.blocks("all")];
  const phases = [network.blocks("first")];
  for (let k = 2 * local; k <= padded; k *= 2) {
    for (let j = k / 2; j >= local; j /= 2) phases.push(network.step(k, j));
    phases.push(network.blocks({ merge: k }));
  }
  return [...phases, network.moved()];
}
interface Sizes {
  /** Words of an element. */
  readonly words: number;
  /** Elements of a row, made up to a power of two: the last ones are beyond the end. */
  readonly padded: number;
  /** Elements of a work group, and how many times as many there are. */
  readonly local: number;
  readonly blocks: number;
  readonly bytes: number;
}
class Network {
  constructor(
    readonly call: RoutineCall,
    readonly s: Sort,
    readonly z: Sizes,
  ) {}
  get planes(): readonly number[] {
    return Array.from({ length: this.z.words }, (_v, w) => w);
  }
  /** Where a word of an element lies between phases. */
  #word(shader: RoutineShader, plane: number, at: string): string {
    return shader.word(`${plane * this.z.blocks * this.z.local} + ${at}`);
  }
  /** A work group brings its elements into order: all of the network that it can, or the last steps of merging runs of a length. */
  blocks(what: "all" | "first" | { readonly merge: number }): EmittedPhase {
    const { planes, s, z } = this;
    const { padded, local, words } = z;
    const shader = new RoutineShader(this.call, what === "all");
    const isMerge = typeof what === "object";
    const bring = isMerge
      ? planes.map((p) => `s${p}[e] = ${this.#word(shader, p, "q")};`)
      : [
          `let row = q / ${padded};`,
          `let i = q % ${padded};`,
          ...planes.map((p) => `s${p}[e] = ${p === words - 1 ? "u32(i)" : "0xffffffffu"};`),
          `if (row < ${s.rows} && i < ${s.n}) {`,
          `  let source = ${this.#place("row", s.n)} + i * ${s.stride};`,
          ...this.#keys(shader).map((key, p) => `  s${p}[e] = ${key};`),
          "}",
        ];
    const store =
      what === "all"
        ? [
            `let row = q / ${padded};`,
            `let i = q % ${padded};`,
            `if (row < ${s.rows} && i < ${s.kept}) { ${this.#results(shader, `i32(s${words - 1}[e])`)} }`,
          ]
        : planes.map((p) => `${this.#word(shader, p, "q")} = s${p}[e];`);
    const lengths = isMerge ? null : `for (var k = 2u; k <= ${Math.min(local, padded)}u; k = k << 1u) {`;
    const params = isMerge ? shader.memory.table(numbers(what.merge), "u32") : "";
    const every = (lines: readonly string[]): string =>
      `  for (var e = i32(thread); e < ${local}; e += ${this.call.group}) {\n    let q = first + e;\n    ${lines.join("\n    ")}\n  }\n`;
    const body = `  let first = work_group * ${local};
${every(bring)}  workgroupBarrier();
  ${lengths ?? `let k = ${params}[0];`}
  for (var j = ${isMerge ? `${local / 2}u` : "k >> 1u"}; j > 0u; j = j >> 1u) {
    for (var p = thread; p < ${local / 2}u; p += ${this.call.group}u) {
      let x = 2u * p - (p & (j - 1u));
      let y = x + j;
      let rising = (((u32(first) + x) % ${padded}u) & k) == 0u;
      if (before(y, x) == rising) { exchange(x, y); }
    }
    workgroupBarrier();
  }
  ${lengths ? "}" : ""}
${every(store)}`;
    const functions = `fn before(x: u32, y: u32) -> bool {
${planes
  .slice(0, -1)
  .map((p) => `  if (s${p}[x] != s${p}[y]) { return s${p}[x] < s${p}[y]; }\n`)
  .join("")}  return s${words - 1}[x] < s${words - 1}[y];
}
fn exchange(x: u32, y: u32) {
${planes.map((p) => `  let t${p} = s${p}[x]; s${p}[x] = s${p}[y]; s${p}[y] = t${p};\n`).join("")}}
`;
    return shader.finish({ body, functions, shared: planes.map((p) => [`s${p}`, "u32", local] as const), threads: z.blocks, groups: true }, z.bytes);
  }
  /** A step of the network between elements further apart than a work group holds. */
  step(k: number, j: number): EmittedPhase {
    const { planes, z } = this;
    const shader = new RoutineShader(this.call, false);
    const params = shader.memory.table(numbers(k, j), "u32");
    const pair = planes.map((p) => `  let x${p} = ${this.#word(shader, p, "x")};\n  let y${p} = ${this.#word(shader, p, "y")};\n`).join("");
    const last = z.words - 1;
    const less = planes.reduceRight((rest, p) => (p === last ? `(y${p} < x${p})` : `select(y${p} < x${p}, ${rest}, y${p} == x${p})`), "");
    const body = `  let j = i32(${params}[1]);
  let x = 2 * at - (at & (j - 1));
  let y = x + j;
${pair}  let rising = ((x % ${z.padded}) & i32(${params}[0])) == 0;
  if (${less} == rising) {
${planes.map((p) => `    ${this.#word(shader, p, "x")} = y${p};\n    ${this.#word(shader, p, "y")} = x${p};\n`).join("")}  }
`;
    return shader.finish({ body, threads: (this.s.rows * z.padded) / 2 }, z.bytes);
  }
  /** Every operand's elements to where their keys went. */
  moved(): EmittedPhase {
    const { s, z } = this;
    const shader = new RoutineShader(this.call, true);
    const position = `i32(${this.#word(shader, z.words - 1, `row * ${z.padded} + i`)})`;
    const body = `  let row = at / ${s.kept};\n  let i = at % ${s.kept};\n  ${this.#results(shader, position)}\n`;
    return shader.finish({ body, threads: s.rows * s.kept }, z.bytes);
  }
  /** Where a row begins, of arrays that have `n` elements of it. */
  #place(row: string, n: number): string {
    const { stride } = this.s;
    return stride === 1 ? `${row} * ${n}` : `${row} / ${stride} * ${n * stride} + ${row} % ${stride}`;
  }
  #results(shader: RoutineShader, position: string): string {
    const { s } = this;
    const lines = [
      `let position = ${position};`,
      `let source = ${this.#place("row", s.n)} + position * ${s.stride};`,
      `let to = ${this.#place("row", s.kept)} + i * ${s.stride};`,
    ];
    for (const r of s.results) {
      if (r.from === "position") {
        lines.push(shader.store(r.to, "to", "position"));
        continue;
      }
      const parts = partsOf(shader.dtypeOf(r.from));
      for (let p = 0; p < parts; p++)
        lines.push(shader.store(r.to, parts === 2 ? `2 * to + ${p}` : "to", shader.load(r.from, parts === 2 ? `2 * source + ${p}` : "source")));
    }
    return lines.join(" ");
  }
  /** The keys of the element `source`, as words that are in their order. */
  #keys(shader: RoutineShader): string[] {
    return this.s.keys.flatMap((k) => {
      const d = shader.dtypeOf(k);
      const at = isComplex(d) ? ["2 * source", "2 * source + 1"] : ["source"];
      return at.map((i) => {
        const word = inOrder(realPart(d), shader.load(k, i), shader);
        return this.s.falling ? `~${word}` : word;
      });
    });
  }
}
/** A word whose order is the value's: NaN comes last, both zeros are one. */
function inOrder(d: DType, x: string, { use }: RoutineShader): string {
  if (d === "bool") return `u32(${x})`;
  if (isFloat(d)) return `${use("sort_key")}(${x})`;
  return isUnsigned(d) ? `(${x})` : `(bitcast<u32>(${x}) ^ 0x80000000u)`;
}
const rowsOf = (shape: readonly number[], axis: number): Pick<Sort, "n" | "stride" | "rows"> => {
  const n = shape[axis] ?? 1;
  const stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  return { n, stride, rows: shape.slice(0, axis).reduce((a, b) => a * b, 1) * stride };
};
export const sort: DeviceRoutine = (call) => {
  const { dimension, numKeys } = call.node.attrs.params as { dimension: number; numKeys: number };
  const rows = rowsOf(call.node.types[0]!.shape, dimension);
  const count = call.ins.length;
  return phasesOf(call, {
    ...rows,
    keys: Array.from({ length: numKeys }, (_v, i) => i),
    falling: false,
    kept: rows.n,
    results: call.outs.map((_o, i) => ({ from: i, to: count + i })),
  });
};
export const topK: DeviceRoutine = (call) => {
  const { axis, k } = call.node.attrs.params as { axis: number; k: number };
  const rows = rowsOf(call.node.inputs[0]!.shape, axis);
  return phasesOf(call, {
    ...rows,
    keys: [0],
    falling: true,
    kept: k,
    results: [
      { from: 0, to: 1 },
      { from: "position", to: 2 },
    ],
  });
};
