// Factorizations and triangular solves on a grid, block by block: the block by one work group (or its lines by a thread each), then what is left by products.
// Source: Golub and Van Loan, "Matrix Computations", 3.2 and 4.2; the storage conventions are LAPACK's.
import type { EmittedPhase } from "../phase.ts";
import { BlockShader, type Element, better, copied, stackOf, updated } from "./blocks.ts";
import { type DeviceRoutine, type RoutineCall, RoutineShader } from "./shader.ts";

const WIDTH = 32;
const starts = (n: number, width: number): number[] => Array.from({ length: Math.ceil(n / width) }, (_v, i) => i * width);
/** Elements of a stack of matrices in a buffer. */
const elements =
  (shader: RoutineShader, buffer: number, m: number, n: number) =>
  (matrix: string): Element =>
  (i, j) =>
    shader.load(buffer, `(${matrix} * ${m} + ${i}) * ${n} + ${j}`);
const storing =
  (shader: RoutineShader, buffer: number, m: number, n: number, matrix = "matrix") =>
  (i: string, j: string, value: string): string =>
    shader.store(buffer, `(${matrix} * ${m} + ${i}) * ${n} + ${j}`, value);

/** The lower factor, from the lower triangle; all NaN where the matrix is not positive definite. */
export const cholesky: DeviceRoutine = (call) => {
  const { count, n } = stackOf(call.node.types[0]!);
  const reason = better(call, n);
  if (reason) return reason;
  const make = (k: number): { shader: BlockShader; of: (matrix: string) => Element; store: ReturnType<typeof storing> } => {
    const shader = new BlockShader(call, k, WIDTH, n);
    return { shader, of: elements(shader, 1, n, n), store: storing(shader, 1, n, n) };
  };
  const phases = [copied(call, 0, 0, count * n * n)];
  for (const k of starts(n, WIDTH)) {
    const rest = Math.max(0, n - k - WIDTH);
    phases.push(diagonal(call, k, count, n));
    if (rest === 0) continue;
    const panel = make(k);
    const row = "(k + b + line)";
    phases.push(
      panel.shader.perLine(
        count,
        rest,
        `${n} - k - b`,
        panel.of,
        `  for (var j = 0; j < b; j++) {
    var s = ${panel.of("matrix")(row, "(k + j)")};
    for (var p = 0; p < j; p++) { s -= x[p] * block[j * ${WIDTH} + p]; }
    x[j] = s / block[j * ${WIDTH} + j];
    ${panel.store(row, "(k + j)", "x[j]")}
  }
`,
      ),
    );
    const { shader, of, store } = make(k);
    const own = of("matrix");
    const [extents, origin] = [[`(${n} - k - b)`, `(${n} - k - b)`] as const, ["(k + b)", "(k + b)"] as const];
    phases.push(
      updated(shader, { count, rows: rest, columns: rest, extents, origin, left: own, right: (p, j) => own(j, p), old: own, store, lower: true }),
    );
  }
  // What is not positive shows as NaN from there on to the last element of the diagonal.
  const shader = new RoutineShader(call, false);
  const last = elements(shader, 1, n, n)("matrix")(String(n - 1), String(n - 1));
  const body = `  let matrix = at / ${n * n};\n  if (${shader.use("is_nan")}(${last})) { ${shader.store(1, "at", `${shader.use("nan")}()`)} }\n`;
  return [...phases, shader.finish({ body, threads: count * n * n }, 0)];
};
/** Factors a block of the diagonal in shared memory. */
function diagonal(call: RoutineCall, k: number, count: number, n: number): EmittedPhase {
  const shader = new BlockShader(call, k, WIDTH, n);
  const { group } = call;
  const square = WIDTH ** 2;
  const body = `${shader.head}  let matrix = work_group;
${shader.bring(elements(shader, 1, n, n)("matrix"))}  for (var j = 0; j < b; j++) {
    let d = block[j * ${WIDTH + 1}];
    var root = ${shader.use("nan")}();
    if (d > 0.0f) { root = sqrt(d); }
    workgroupBarrier();
    for (var i = j + i32(thread); i < b; i += ${group}) {
      if (i == j) { block[i * ${WIDTH} + j] = root; } else { block[i * ${WIDTH} + j] = block[i * ${WIDTH} + j] / root; }
    }
    workgroupBarrier();
    for (var e = i32(thread); e < ${square}; e += ${group}) {
      let i = e / ${WIDTH};
      let c = e % ${WIDTH};
      if (i < b && c > j && c <= i) { block[e] -= block[i * ${WIDTH} + j] * block[c * ${WIDTH} + j]; }
    }
    workgroupBarrier();
  }
  for (var e = i32(thread); e < ${square}; e += ${group}) {
    let i = e / ${WIDTH};
    let j = e % ${WIDTH};
    if (i < b && j <= i) { ${storing(shader, 1, n, n)("(k + i)", "(k + j)", "block[e]")} }
  }
`;
  return shader.finish({ body, shared: [shader.block], threads: count, groups: true }, 0);
}
interface Solve {
  readonly leftSide: boolean;
  readonly lower: boolean;
  readonly transposeA: boolean;
  readonly unitDiagonal: boolean;
}
/** Solves op(A) X = B or X op(A) = B for a triangular A, both as the first, from the left and not transposed. */
export const triangularSolve: DeviceRoutine = (call) => {
  const { count, n } = stackOf(call.node.inputs[0]!.type);
  const b = stackOf(call.node.types[0]!);
  const p = call.node.attrs.params as unknown as Solve;
  const reason = better(call, n);
  if (reason) return reason;
  const flip = !p.leftSide;
  const turned = p.transposeA !== flip;
  const lower = p.lower !== turned;
  const columns = flip ? b.m : b.n;
  const phases = [copied(call, 1, 0, count * b.m * b.n)];
  const ordered = starts(n, WIDTH);
  for (const k of lower ? ordered : ordered.reverse()) {
    const make = (): { shader: BlockShader; a: (matrix: string) => Element; x: Element; store: ReturnType<typeof storing> } => {
      const shader = new BlockShader(call, k, WIDTH, n);
      const a = elements(shader, 0, n, n);
      const x = elements(shader, 2, b.m, b.n)("matrix");
      const store = storing(shader, 2, b.m, b.n);
      return {
        shader,
        a: (matrix) => (turned ? (i, j) => a(matrix)(j, i) : a(matrix)),
        x: flip ? (i, j) => x(j, i) : x,
        store: flip ? (i, j, value) => store(j, i, value) : store,
      };
    };
    const solve = make();
    const [from, to, turn] = lower ? ["0", "i", "i = turn"] : ["i + 1", "b", "i = b - 1 - turn"];
    phases.push(
      solve.shader.perLine(
        count,
        columns,
        String(columns),
        solve.a,
        `  for (var turn = 0; turn < b; turn++) {
    let ${turn};
    var s = ${solve.x("(k + i)", "line")};
    for (var j = ${from}; j < ${to}; j++) { s -= block[i * ${WIDTH} + j] * x[j]; }
    x[i] = s${p.unitDiagonal ? "" : ` / block[i * ${WIDTH} + i]`};
    ${solve.store("(k + i)", "line", "x[i]")}
  }
`,
      ),
    );
    const rows = lower ? Math.max(0, n - k - WIDTH) : k;
    if (rows === 0) continue;
    const { shader, a, x, store } = make();
    const extents = [lower ? `(${n} - k - b)` : "k", String(columns)] as const;
    phases.push(
      updated(shader, {
        count,
        rows,
        columns,
        extents,
        origin: [lower ? "(k + b)" : "0", "0"],
        left: a("matrix"),
        right: x,
        old: x,
        store,
        lower: false,
      }),
    );
  }
  return phases;
};
/** Columns of a panel: the work group that factors it goes through all rows for each. */
const PANEL = 16;
/** L and U in one, the row exchanges as LAPACK records them, and the order of rows that they lead to. Singular matrices give a zero pivot and go on. */
export const lu: DeviceRoutine = (call) => {
  const { count, m, n } = stackOf(call.node.types[0]!);
  const most = Math.min(m, n);
  const reason = better(call, most);
  if (reason) return reason;
  const order = (shader: RoutineShader): string => `  if (at < ${count * m}) { ${shader.store(3, "at", `at % ${m}`)} }\n`;
  const phases = [copied(call, 0, 0, count * m * n, order)];
  for (const k of starts(most, PANEL)) {
    phases.push(panel(call, k, count, m, n));
    const width = Math.min(PANEL, most - k);
    const [rows, columns] = [m - k - width, n - k - width];
    if (columns === 0) continue;
    const upper = new BlockShader(call, k, PANEL, most);
    const own = elements(upper, 1, m, n);
    const column = "(k + b + line)";
    phases.push(
      upper.perLine(
        count,
        columns,
        `${n} - k - b`,
        own,
        `  for (var i = 0; i < b; i++) {
    var s = ${own("matrix")("(k + i)", column)};
    for (var p = 0; p < i; p++) { s -= block[i * ${PANEL} + p] * x[p]; }
    x[i] = s;
    ${storing(upper, 1, m, n)("(k + i)", column, "s")}
  }
`,
      ),
    );
    if (rows === 0) continue;
    const shader = new BlockShader(call, k, PANEL, most);
    const of = elements(shader, 1, m, n)("matrix");
    const [extents, origin] = [[`(${m} - k - b)`, `(${n} - k - b)`] as const, ["(k + b)", "(k + b)"] as const];
    phases.push(
      updated(shader, { count, rows, columns, extents, origin, left: of, right: of, old: of, store: storing(shader, 1, m, n), lower: false }),
    );
  }
  return phases;
};
/** Factors a panel of columns, with the exchanges of whole rows. */
function panel(call: RoutineCall, k: number, count: number, m: number, n: number): EmittedPhase {
  const shader = new BlockShader(call, k, PANEL, Math.min(m, n));
  const { group } = call;
  const of = elements(shader, 1, m, n)("matrix");
  const store = storing(shader, 1, m, n);
  const isNan = shader.use("is_nan");
  const order = (i: string): string => `matrix * ${m} + ${i}`;
  const body = `${shader.head}  let matrix = work_group;
  for (var j = k; j < k + b; j++) {
    var row = j;
    var size = -1.0f;
    for (var i = j + i32(thread); i < ${m}; i += ${group}) {
      let v = abs(${of("i", "j")});
      if (!${isNan}(size) && (${isNan}(v) || v > size)) { row = i; size = v; }
    }
    sizes[thread] = size;
    rows[thread] = row;
    workgroupBarrier();
    if (thread == 0u) {
      for (var t = 1; t < ${group}; t++) {
        let v = sizes[t];
        let isFirst = rows[t] < row;
        if (${isNan}(size)) {
          if (${isNan}(v) && isFirst) { row = rows[t]; }
        } else if (${isNan}(v) || v > size || (v == size && isFirst)) {
          row = rows[t];
          size = v;
        }
      }
      best = row;
      ${shader.store(2, `matrix * ${Math.min(m, n)} + j`, "row")}
      let mine = ${shader.load(3, order("j"))};
      ${shader.store(3, order("j"), shader.load(3, order("row")))}
      ${shader.store(3, order("row"), "mine")}
    }
    let pivot = workgroupUniformLoad(&best);
    if (pivot != j) {
      for (var c = i32(thread); c < ${n}; c += ${group}) {
        let mine = ${of("j", "c")};
        ${store("j", "c", of("pivot", "c"))}
        ${store("pivot", "c", "mine")}
      }
    }
    storageBarrier();
    let d = ${of("j", "j")};
    for (var i = j + 1 + i32(thread); i < ${m}; i += ${group}) {
      if (d == 0.0f) { break; }
      let f = ${of("i", "j")} / d;
      ${store("i", "j", "f")}
      for (var c = j + 1; c < k + b; c++) { ${store("i", "c", `${of("i", "c")} - f * ${of("j", "c")}`)} }
    }
    storageBarrier();
  }
`;
  const shared = [
    ["sizes", "f32", group],
    ["rows", "i32", group],
  ] as const;
  return shader.finish({ body, functions: "var<workgroup> best: i32;\n", shared, threads: count, groups: true }, 0);
}
