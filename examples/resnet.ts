// A small residual network (He et al., 2016) that reads handwritten digits: convolutions with batch normalization, and shortcuts around each two of them.
// Click "jit & profile" above a function to see what the compiler makes of it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Array, data, nnx, numpy as np, optim, random } from "jitlens";

const epochs = Number(process.env.STEPS ?? 5), momentum = 0.9;

/** Two convolutions, and the input added to what they give; through a convolution of one pixel where the shape changes. */
class Block extends nnx.Module {
  first: nnx.Conv; firstNorm: nnx.BatchNorm; second: nnx.Conv; secondNorm: nnx.BatchNorm; shortcut: nnx.Conv | null;
  constructor(from: number, to: number, stride: number, rngs: nnx.Rngs) {
    super();
    this.first = new nnx.Conv(from, to, [3, 3], { strides: stride, useBias: false, rngs });
    this.firstNorm = new nnx.BatchNorm(to, { rngs, momentum });
    this.second = new nnx.Conv(to, to, [3, 3], { useBias: false, rngs });
    this.secondNorm = new nnx.BatchNorm(to, { rngs, momentum, scaleInit: nnx.initializers.zeros });
    this.shortcut = from === to && stride === 1 ? null : new nnx.Conv(from, to, [1, 1], { strides: stride, useBias: false, rngs });
  }
  call(x: Array): Array {
    const y = nnx.relu(this.firstNorm.call(this.first.call(x)));
    return nnx.relu(this.secondNorm.call(this.second.call(y)).add(this.shortcut === null ? x : this.shortcut.call(x)));
  }
}
/** Images [batch, 8, 8, 1] as ten logits: three stages, each half as large and with more channels. */
class ResNet extends nnx.Module {
  stem: nnx.Conv; norm: nnx.BatchNorm; blocks: nnx.List<Block>; head: nnx.Linear;
  constructor(rngs: nnx.Rngs) {
    super();
    this.stem = new nnx.Conv(1, 16, [3, 3], { useBias: false, rngs });
    this.norm = new nnx.BatchNorm(16, { rngs, momentum });
    this.blocks = new nnx.List([new Block(16, 16, 1, rngs), new Block(16, 32, 2, rngs), new Block(32, 64, 2, rngs)]);
    this.head = new nnx.Linear(64, 10, { rngs });
  }
  call(x: Array): Array {
    let h = nnx.relu(this.norm.call(this.stem.call(x)));
    for (const block of this.blocks) h = block.call(h);
    return this.head.call(h.mean({ axis: [1, 2] }));
  }
}
const table = data.csv(gunzipSync(readFileSync(join(import.meta.dirname, "data", "digits.csv.gz"))).toString());
const mixed = np.take(table, random.permutation(random.key(0), table.shape[0]!), { axis: 0 }), split = 1536;
const images = mixed.get(":", ":64").div(16).reshape([-1, 8, 8, 1]), digits = mixed.get(":", 64).astype("int32");

const trainStep = nnx.jit(function trainStep(model: ResNet, optimizer: nnx.Optimizer, x: Array, y: Array): Array {
  const [loss, grads] = nnx.valueAndGrad((m: ResNet) => optim.losses.softmaxCrossEntropyWithIntegerLabels(m.call(x), y).mean())(model);
  optimizer.update(model, grads);
  return loss;
});
const accuracy = nnx.jit(function accuracy(model: ResNet, x: Array, y: Array): Array {
  return model.call(x).argmax({ axis: -1 }).eq(y).mean();
});

const model = new ResNet(new nnx.Rngs(0)), loader = new data.Loader({ x: images.get(`:${split}`), y: digits.get(`:${split}`) }, { batchSize: 64, shuffle: random.key(1), epochs });
const optimizer = new nnx.Optimizer(model, optim.adamw(optim.schedules.cosineDecaySchedule(1e-2, epochs * loader.batches)));
let step = 0, total = 0;
for (const { x, y } of loader) {
  total += Number(trainStep(model, optimizer, x, y).item());
  if (++step % loader.batches) continue;
  console.log(`epoch ${step / loader.batches}: loss ${(total / loader.batches).toFixed(4)}`);
  total = 0;
}
model.eval();
const share = accuracy(model, images.get(`${split}:`), digits.get(`${split}:`));
console.log(`test accuracy ${(100 * Number(share.item())).toFixed(1)} %`);
