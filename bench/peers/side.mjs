// A process of bench/peers.mjs for one JavaScript side: node side.mjs KIND THREADS FOLDER. Requests and answers are lines of JSON, as in peers.py.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [, , kind, threadsText, folder] = process.argv;
const threads = Number(threadsText);
const require = createRequire(join(folder, "package.json"));
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
const reason = (e) => `${e?.name ?? "Error"}: ${e?.message ?? e}`.slice(0, 300);
/** A package of the bench's own folder, by import where it has one (a package's "import" condition is not what require takes). */
async function load(name) {
  const { exports, module, main } = JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8"));
  const esm = exports?.["."]?.import ?? (module && exports ? module : undefined);
  return typeof esm === "string" ? import(pathToFileURL(join(folder, "node_modules", name, esm))) : ((m) => ({ default: m, ...m }))(require(main ? name : name));
}
const started = async () => {
  if (kind === "wasm" || kind === "native") return (await import("./ours.mjs")).default(kind, threads);
  return (await import({ "jax-js": "./jaxJs.mjs", tfjs: "./tfjs.mjs", onnx: "./onnx.mjs" }[kind])).default(load, threads);
};
let side;
try {
  side = await started();
  say({ version: side.version ?? "" });
} catch (e) {
  say({ error: reason(e) });
  process.exit(0);
}
let [call, args] = [null, []];
for await (const line of createInterface({ input: process.stdin })) {
  const r = JSON.parse(line);
  try {
    if (r.op === "prepare") {
      for (const a of args) side.drop(a);
      [call, args] = [null, []];
      if (!side.has(r.name)) {
        say({ error: "not written for it" });
        continue;
      }
      args = r.files.map((f, i) => side.array(new Float32Array(new Uint8Array(readFileSync(f)).buffer), r.shapes[i]));
      call = await side.make(r.name, r.shapes);
      const out = await side.finish(await call(...args));
      const outs = side.outputs(out);
      for (const [i, o] of outs.entries()) {
        const stride = Math.ceil(o.length / r.most);
        writeFileSync(`${r.out}-${i}`, new Uint8Array(Float32Array.from({ length: Math.ceil(o.length / stride) }, (_, k) => o[k * stride]).buffer));
      }
      const outputs = outs.length;
      side.drop(out);
      say({ outputs });
    } else {
      const times = [];
      const start = performance.now();
      while (times.length < r.least || performance.now() - start < r.seconds * 1000) {
        const t = performance.now();
        const out = await side.finish(await call(...args));
        times.push(performance.now() - t);
        side.drop(out);
        // The event loop turns, so that memory is given back as in a program.
        if (times.length % 8 === 0) await new Promise((next) => setImmediate(next));
      }
      say({ times });
    }
  } catch (e) {
    say({ error: reason(e) });
  }
}
