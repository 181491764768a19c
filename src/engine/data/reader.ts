// The thread that reads examples: what runs in it. It shares nothing with the engine, and is posted as text: it may use no name from outside of the function.

/** A batch to be read: the indices of its examples. */
export interface Wanted {
  readonly id: number;
  readonly indices: readonly number[];
}
/** What the thread answers: how many examples there are, the examples of a batch, or why there are none. */
export type Told =
  | { readonly length: number }
  | { readonly id: number; readonly examples: readonly unknown[] }
  | { readonly id: number | null; readonly error: unknown; readonly name: string };
/** An engine's array, as it is posted. */
export interface Posted {
  readonly data: ArrayBufferView & { readonly length: number };
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly weakType: boolean;
}
/** The key of the one entry of what stands for an engine's array. */
export const POSTED = "jitlens:array";

interface Port {
  on(e: "message", f: (w: Wanted) => void): void;
  postMessage(t: Told, transfer?: readonly ArrayBufferLike[]): void;
}
interface Threads {
  readonly parentPort: Port;
  readonly workerData: { readonly module: string; readonly name: string; readonly key: string };
}
/**
 * Answers each batch that is asked for with its examples, one message each.
 * @param load JavaScript's `import`, which bundlers would rewrite if it stood here
 */
export function readerThread({ parentPort, workerData }: Threads, load: (url: string) => Promise<Record<string, unknown>>): void {
  const { module, name, key } = workerData;
  type Source = { readonly length: number; get(i: number): unknown };
  type EngineArray = { readonly shape: readonly number[]; readonly dtype: string; readonly weakType?: boolean; dataSync(): ArrayBufferView };
  const isArray = (x: object): x is EngineArray => "dataSync" in x && "shape" in x && "dtype" in x;
  // A view's whole memory would be copied, and what is moved would be taken from the data set: each is copied as far as it reaches.
  const own = (view: ArrayBufferView, moved: ArrayBufferLike[]): ArrayBufferView => {
    const copy = (view as Uint8Array).slice();
    moved.push(copy.buffer);
    return copy;
  };
  const posted = (x: unknown, moved: ArrayBufferLike[]): unknown => {
    if (typeof x === "function" || typeof x === "symbol")
      throw new TypeError(`an example has a ${typeof x}, which cannot leave the thread that reads`);
    if (typeof x !== "object" || x === null) return x;
    if (ArrayBuffer.isView(x)) return own(x, moved);
    if (isArray(x)) return { [key]: { data: own(x.dataSync(), moved), shape: [...x.shape], dtype: x.dtype, weakType: x.weakType === true } };
    if (Array.isArray(x)) return x.map((v) => posted(v, moved));
    if (x instanceof Map) return new Map([...x].map(([k, v]) => [k, posted(v, moved)]));
    const kind = Object.getPrototypeOf(x) as { constructor?: { name?: string } } | null;
    if (kind !== null && kind !== Object.prototype)
      throw new TypeError(
        `an example has an instance of ${kind.constructor?.name || "a class"}, which cannot leave the thread that reads: only arrays, typed arrays, numbers, lists, Maps and plain objects can`,
      );
    return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, posted(v, moved)]));
  };
  const refuse = (id: number | null, error: unknown): void => {
    const kind = error instanceof Error ? error.name : "";
    try {
      parentPort.postMessage({ id, error, name: kind });
    } catch {
      parentPort.postMessage({ id, error: new Error(String(error)), name: kind });
    }
  };
  const source = (async (): Promise<Source> => {
    const given = (await load(module))[name];
    const made = (typeof given === "function" ? await (given as () => unknown)() : given) as Source | null | undefined;
    if (typeof made?.get !== "function" || typeof made.length !== "number")
      throw new TypeError(
        `data.Loader: the export "${name}" of ${module.slice(0, 200)} is no source of examples: expected { length, get(index) }, or a function that gives one`,
      );
    return made;
  })();
  source.then(
    (s) => parentPort.postMessage({ length: s.length }),
    (e: unknown) => refuse(null, e),
  );
  parentPort.on("message", ({ id, indices }) => {
    void (async () => {
      try {
        const s = await source,
          examples = await Promise.all(indices.map(async (i) => s.get(i))),
          moved: ArrayBufferLike[] = [];
        parentPort.postMessage({ id, examples: examples.map((e) => posted(e, moved)) }, moved);
      } catch (e) {
        refuse(id, e);
      }
    })();
  });
}
