// WebAssembly's binary format: a growing byte buffer, LEB128 numbers, and the sections of a module.
// Source: WebAssembly Core Specification 2.0, chapter 5 (binary format).

export class Bytes {
  #buffer = new Uint8Array(1024);
  #view = new DataView(this.#buffer.buffer);
  length = 0;
  #room(n: number): void {
    if (this.length + n <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, this.length + n));
    grown.set(this.#buffer.subarray(0, this.length));
    this.#buffer = grown;
    this.#view = new DataView(grown.buffer);
  }
  u8(v: number): this {
    this.#room(1);
    this.#buffer[this.length++] = v;
    return this;
  }
  u32(v: number): this {
    v >>>= 0;
    while (v >= 0x80) {
      this.u8((v & 0x7f) | 0x80);
      v >>>= 7;
    }
    return this.u8(v);
  }
  s32(v: number): this {
    v |= 0;
    for (;;) {
      const b = v & 0x7f;
      v >>= 7;
      if ((v === 0 && !(b & 0x40)) || (v === -1 && b & 0x40)) return this.u8(b);
      this.u8(b | 0x80);
    }
  }
  s64(v: bigint): this {
    v = BigInt.asIntN(64, v);
    for (;;) {
      const b = Number(v & 0x7fn);
      v >>= 7n;
      if ((v === 0n && !(b & 0x40)) || (v === -1n && b & 0x40)) return this.u8(b);
      this.u8(b | 0x80);
    }
  }
  f32(v: number): this {
    this.#room(4);
    this.#view.setFloat32(this.length, v, true);
    this.length += 4;
    return this;
  }
  f64(v: number): this {
    this.#room(8);
    this.#view.setFloat64(this.length, v, true);
    this.length += 8;
    return this;
  }
  raw(b: Uint8Array): this {
    this.#room(b.length);
    this.#buffer.set(b, this.length);
    this.length += b.length;
    return this;
  }
  name(s: string): this {
    const b = new TextEncoder().encode(s);
    return this.u32(b.length).raw(b);
  }
  view(): Uint8Array {
    return this.#buffer.subarray(0, this.length);
  }
}

export type ValType = "i32" | "i64" | "f32" | "f64" | "v128";
const TYPE: Readonly<Record<ValType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };
interface Signature {
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
}

/** A module under construction: imported memory and functions first, then its own functions. */
export class ModuleBuilder {
  readonly #types: string[] = [];
  readonly #signatures: Signature[] = [];
  readonly #imports: { module: string; name: string; type: number }[] = [];
  readonly #importIndex = new Map<string, number>();
  readonly #functions: { type: number; code: Uint8Array; exported: string | null }[] = [];
  #sealed = false;

  #type(s: Signature): number {
    const key = `${s.params.join()}>${s.results.join()}`;
    let i = this.#types.indexOf(key);
    if (i < 0) {
      i = this.#types.length;
      this.#types.push(key);
      this.#signatures.push(s);
    }
    return i;
  }
  /** Index of an imported function. All imports must be asked for before the first own function is added. */
  import(module: string, name: string, params: readonly ValType[], results: readonly ValType[]): number {
    const key = `${module}.${name}`;
    let i = this.#importIndex.get(key);
    if (i === undefined) {
      if (this.#sealed) throw new Error(`the import ${key} comes after functions`);
      i = this.#imports.length;
      this.#imports.push({ module, name, type: this.#type({ params, results }) });
      this.#importIndex.set(key, i);
    }
    return i;
  }
  get importNames(): readonly string[] {
    return [...this.#importIndex.keys()];
  }
  /** Adds a function body (locals and code, without the size) and gives its index. */
  add(params: readonly ValType[], results: readonly ValType[], locals: readonly ValType[], code: Bytes, exported: string | null): number {
    this.#sealed = true;
    const body = new Bytes(),
      runs: [number, ValType][] = [];
    for (const l of locals) {
      const last = runs.at(-1);
      if (last && last[1] === l) last[0]++;
      else runs.push([1, l]);
    }
    body.u32(runs.length);
    for (const [n, t] of runs) body.u32(n).u8(TYPE[t]);
    body.raw(code.view()).u8(0x0b);
    this.#functions.push({ type: this.#type({ params, results }), code: body.view(), exported });
    return this.#imports.length + this.#functions.length - 1;
  }
  build(): Uint8Array {
    const out = new Bytes();
    out.raw(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    const section = (id: number, fill: (b: Bytes) => void): void => {
      const b = new Bytes();
      fill(b);
      out.u8(id).u32(b.length).raw(b.view());
    };
    section(1, (b) => {
      b.u32(this.#signatures.length);
      for (const s of this.#signatures) {
        b.u8(0x60).u32(s.params.length);
        for (const p of s.params) b.u8(TYPE[p]);
        b.u32(s.results.length);
        for (const r of s.results) b.u8(TYPE[r]);
      }
    });
    section(2, (b) => {
      b.u32(this.#imports.length + 1)
        .name("env")
        .name("memory")
        .u8(2)
        .u8(1)
        .u32(0)
        .u32(65536);
      for (const i of this.#imports) b.name(i.module).name(i.name).u8(0).u32(i.type);
    });
    section(3, (b) => {
      b.u32(this.#functions.length);
      for (const f of this.#functions) b.u32(f.type);
    });
    const exported = this.#functions.map((f, i) => ({ f, i })).filter((x) => x.f.exported !== null);
    section(7, (b) => {
      b.u32(exported.length);
      for (const { f, i } of exported)
        b.name(f.exported!)
          .u8(0)
          .u32(this.#imports.length + i);
    });
    section(10, (b) => {
      b.u32(this.#functions.length);
      for (const f of this.#functions) b.u32(f.code.length).raw(f.code);
    });
    return out.view().slice();
  }
}
