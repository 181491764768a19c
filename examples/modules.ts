// Handwritten digits read by a module in the manner of flax.nnx, with batch normalization and dropout: batches by data.Loader, training by optim, and a
// checkpoint from which it goes on. Click "jit & profile" above a function to see what the compiler makes of it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Array, checkpoint, data, nnx, numpy as np, optim, random } from "jitlens";

class Reader extends nnx.Module {
  first: nnx.Linear; norm: nnx.BatchNorm; drop: nnx.Dropout; last: nnx.Linear;
  constructor(rngs: nnx.Rngs) {
    super();
    this.first = new nnx.Linear(64, 96, { rngs });
    this.norm = new nnx.BatchNorm(96, { rngs });
    this.drop = new nnx.Dropout(0.1, { rngs });
    this.last = new nnx.Linear(96, 10, { rngs });
  }
  call(x: Array): Array {
    return this.last.call(this.drop.call(nnx.relu(this.norm.call(this.first.call(x)))));
  }
}
const table = data.csv(gunzipSync(readFileSync(join(import.meta.dirname, "data", "digits.csv.gz"))).toString());
const mixed = np.take(table, random.permutation(random.key(0), table.shape[0]!), { axis: 0 }), split = 1500;
const images = mixed.get(":", ":64").div(16), digits = mixed.get(":", 64).astype("int32");

const train = nnx.jit(function train(model: Reader, optimizer: nnx.Optimizer, x: Array, y: Array): Array {
  const [loss, grads] = nnx.valueAndGrad((m: Reader) => optim.losses.softmaxCrossEntropyWithIntegerLabels(m.call(x), y).mean())(model);
  optimizer.update(model, grads);
  return loss;
});
const accuracy = nnx.jit(function accuracy(model: Reader, x: Array, y: Array): Array {
  return model.call(x).argmax({ axis: -1 }).eq(y).mean();
});

const model = new Reader(new nnx.Rngs(0)), optimizer = new nnx.Optimizer(model, optim.adamw(optim.schedules.cosineDecaySchedule(1e-2, 230)));
const loader = new data.Loader({ x: images.get(`:${split}`), y: digits.get(`:${split}`) }, { batchSize: 64, shuffle: random.key(1), epochs: 10, lastBatch: "drop" });
let step = 0;
for (const { x, y } of loader) {
  const loss = train(model, optimizer, x, y);
  if (++step % loader.batches === 0) console.log(`epoch ${step / loader.batches}: loss ${Number(loss.item()).toFixed(4)}`);
}
model.eval();
const read = (m: Reader): string => `${(Number(accuracy(m, images.get(`${split}:`), digits.get(`${split}:`)).item()) * 100).toFixed(1)} %`;

/** Everything that training needs is one tree; its bytes are a safetensors file. `checkpoint.save(folder, tree, step)` writes one to a disk. */
const saved = checkpoint.toBytes({ model: nnx.state(model), optimizer: nnx.state(optimizer) });
const again = new Reader(new nnx.Rngs(7));
nnx.update(again, checkpoint.fromBytes(saved, { model: nnx.state(again), optimizer: nnx.state(optimizer) }).model);
again.eval();
console.log(`${saved.length} bytes of a checkpoint read ${read(again)} of the unseen digits`);
console.log(`test accuracy ${read(model)}`);
