// Two tables of measurements (examples/data): flowers and wines told apart by softmax regression, which is trained by batches of a data.Loader.
// Click "jit & profile" above a function to see what the compiler makes of it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Array, type OptState, data, grad, jit, nn, numpy as np, optim, random } from "jitlens";

interface Params {
  readonly w: Array;
  readonly b: Array;
}
interface Batch {
  readonly x: Array;
  readonly y: Array;
}

/** A table's columns as standardized features [rows, columns], and its last column as classes [rows]. */
function read(name: string): Batch {
  const columns = Object.values(data.csv(readFileSync(join(import.meta.dirname, "data", name), "utf8"), { header: true }));
  const features = np.stack(columns.slice(0, -1), { axis: 1 });
  return { x: features.sub(features.mean({ axis: 0 })).div(np.std(features, { axis: 0 })), y: columns.at(-1)!.astype("int32") };
}
const logits = (p: Params, x: Array): Array => x.matmul(p.w).add(p.b);
const loss = (p: Params, { x, y }: Batch): Array => np.mean(optim.softmaxCrossEntropyWithIntegerLabels(logits(p, x), y));

const optimizer = optim.adam(0.05);
/** One step of Adam. */
const trainStep = jit(function trainStep(params: Params, state: OptState, batch: Batch): [Params, OptState] {
  const [updates, next] = optimizer.update(grad(loss)(params, batch), state, params);
  return [optim.applyUpdates(params, updates), next];
});
/** The share of rows whose class is found. */
export const accuracy = jit((params: Params, { x, y }: Batch) => np.mean(logits(params, x).argmax({ axis: -1 }).eq(y)));

for (const name of ["iris", "wine"]) {
  const table = read(`${name}.csv`),
    order = random.permutation(random.key(1), table.y.size);
  const part = (from: number, to: number): Batch => ({
    x: np.take(table.x, order.get(`${from}:${to}`), { axis: 0 }),
    y: np.take(table.y, order.get(`${from}:${to}`)),
  });
  const cut = Math.floor(table.y.size * 0.75),
    [seen, unseen] = [part(0, cut), part(cut, table.y.size)];
  let params: Params = { w: nn.initializers.zeros(random.key(0), [table.x.shape[1]!, 3]), b: np.zeros([3]) },
    state = optimizer.init(params);
  for (const batch of new data.Loader(seen, { batchSize: 16, shuffle: random.key(2), epochs: 20, lastBatch: "drop" }))
    [params, state] = trainStep(params, state, batch);
  console.log(`${name}: ${(100 * (accuracy(params, unseen).item() as number)).toFixed(1)} % of ${unseen.y.size} unseen rows`);
}
