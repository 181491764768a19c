// optim.assignment: which row goes with which column, so that what it costs is least.
import { ShapeError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { foriLoop, whileLoop } from "../lax/control.ts";
import { topK } from "../lax/index.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";

interface Search {
  readonly u: Value;
  readonly v: Value;
  readonly used: Value;
  readonly cost: Value;
  readonly from: Value;
  readonly column: Value;
}
const ints = (n: number): Value => np.zeros([n], { dtype: "int32" });
/**
 * The Hungarian algorithm (Kuhn, 1955): rows and columns that go together, each at most once, with the least sum of costs.
 * @param costMatrix floats [R, C], also under jit and vmap
 * @returns rows and their columns: int32 [min(R, C)] each, in Optax's order
 * @example optim.assignment.hungarianAlgorithm(np.array([[4, 1], [2, 3]])) // [[1, 0], [0, 1]]
 */
export function hungarianAlgorithm(costMatrix: ArrayLike): [rows: Value, columns: Value] {
  const given = asArray(costMatrix, "optim.assignment.hungarianAlgorithm", "costMatrix");
  if (given.ndim !== 2) throw new ShapeError(`optim.assignment.hungarianAlgorithm: costMatrix is ${given.aval}, expected two axes`);
  const turned = given.shape[0]! > given.shape[1]!,
    costs = (turned ? np.transpose(given) : given).astype("float32"),
    [rows, columns] = costs.shape as [number, number];
  if (rows === 0) return [ints(0), ints(0)];
  // Rows and columns count from 1; column 0 stands for none, and holds the row that is being placed. owner[c] is the row of column c, 0 for a free one.
  const place = (row: Value, state: { u: Value; v: Value; owner: Value }): { u: Value; v: Value; owner: Value } => {
    const owner = state.owner.at(0).set(row.add(1));
    const start: Search = {
      ...{ u: state.u, v: state.v, used: np.zeros([columns + 1], { dtype: "bool" }), cost: np.full([columns], Infinity) },
      ...{ from: ints(columns), column: np.zeros([], { dtype: "int32" }) },
    };
    // Columns are reached in the order of what a way to them costs, until a free one is.
    const found = whileLoop(
      (s: Search) => owner.get(s.column).ne(0),
      (s: Search): Search => {
        const used = s.used.at(s.column).set(true),
          open = np.logicalNot(used.get("1:")),
          r = owner.get(s.column);
        const way = costs.get(r.sub(1)).sub(s.u.get(r)).sub(s.v.get("1:")),
          better = np.logicalAnd(open, way.lt(s.cost));
        const cost = np.where(better, way, s.cost),
          from = np.where(better, s.column, s.from),
          reachable = np.where(open, cost, Infinity),
          column = np.argmin(reachable).add(1).astype("int32"),
          delta = np.min(reachable);
        // Potentials of what was reached move, so that reduced costs stay above 0.
        const u = s.u.at(np.where(used, owner, rows + 1)).add(delta),
          v = np.where(used, s.v.sub(delta), s.v);
        return { u, v, used, cost: np.where(open, cost.sub(delta), cost), from, column };
      },
      start,
    );
    // The way is gone back, and every column on it takes the row of the one before.
    const back = whileLoop(
      (s: { owner: Value; column: Value }) => s.column.ne(0),
      (s: { owner: Value; column: Value }) => {
        const before = found.from.get(s.column.sub(1));
        return { owner: s.owner.at(s.column).set(s.owner.get(before)), column: before };
      },
      { owner, column: found.column },
    );
    return { u: found.u, v: found.v, owner: back.owner };
  };
  const { owner } = foriLoop(0, rows, place, { u: np.zeros([rows + 2]), v: np.zeros([columns + 1]), owner: ints(columns + 1) });
  // By columns where there are as many; else from the last row on, as Optax gives them.
  const [owners, at] = rows === columns ? [owner.get("1:"), np.arange(rows)] : topK(owner.get("1:"), rows);
  const own = owners.sub(1);
  return turned ? [at, own] : [own, at];
}
