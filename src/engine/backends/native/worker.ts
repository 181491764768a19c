// The thread that waits for compilers, so that nothing else does: a compiler that hangs is ended after a time, with everything that it has started. Its program is
// a function that is started as its own text: it is there wherever the engine is, in bundles and in sources. It must not use anything from outside itself.

export interface ProbeJob {
  readonly kind: "probe";
  readonly id: number;
  readonly compilers: readonly string[];
  readonly folder: string;
  /** Flags to try, the best first; the first that the compiler makes a library with is taken. */
  readonly tries: readonly (readonly string[])[];
}
export interface CompileJob {
  readonly kind: "compile";
  readonly id: number;
  readonly compiler: string;
  readonly flags: readonly string[];
  readonly source: string;
  /** The library that is made, in this folder; it is there whole or not at all, with the sum of its bytes in a file beside it. */
  readonly folder: string;
  readonly name: string;
}
export type Job = ProbeJob | CompileJob;
export interface Reply {
  readonly id: number;
  /** Why it failed, in a sentence. */
  readonly failed?: string;
  readonly probe?: { readonly compiler: string; readonly flags: readonly string[]; readonly macros: string };
}

interface Child {
  readonly pid?: number;
  readonly stdout: { on(e: "data", f: (d: unknown) => void): void };
  readonly stderr: { on(e: "data", f: (d: unknown) => void): void };
  readonly stdin: { on(e: "error", f: () => void): void; end(text: string): void };
  on(e: "error", f: (e: Error) => void): void;
  on(e: "close", f: (code: number | null) => void): void;
}
/** What of Node the thread uses. */
interface Modules {
  readonly worker_threads: { readonly workerData: { readonly port: Port; readonly signal: Int32Array; readonly milliseconds: number } };
  readonly child_process: { spawn(file: string, args: readonly string[], o: object): Child };
  readonly fs: {
    mkdirSync(p: string, o: object): void;
    mkdtempSync(p: string): string;
    rmSync(p: string, o: object): void;
    readFileSync(p: string): Uint8Array;
    writeFileSync(p: string, d: string, o: object): void;
    renameSync(a: string, b: string): void;
    chmodSync(p: string, mode: number): void;
    readdirSync(p: string): string[];
    statSync(p: string): { readonly mtimeMs: number };
  };
  readonly os: { tmpdir(): string };
  readonly path: { join(...p: string[]): string };
  readonly crypto: { createHash(n: string): { update(d: unknown): { digest(as: "hex"): string } } };
  readonly process: {
    readonly platform: string;
    kill(pid: number, signal: string): void;
    readonly env: Readonly<Record<string, string | undefined>>;
  };
}
interface Port {
  on(e: "message", f: (j: Job) => void): void;
  postMessage(r: Reply): void;
}

export function compilerThread(need: <K extends keyof Modules>(name: K) => Modules[K]): void {
  const { port, signal, milliseconds } = need("worker_threads").workerData;
  const { spawn } = need("child_process");
  const [fs, path, crypto, process, os] = [need("fs"), need("path"), need("crypto"), need("process"), need("os")];
  const posix = process.platform !== "win32";
  const MOST_LIBRARIES = 2000;

  const end = (child: Child): void => {
    if (child.pid === undefined) return;
    try {
      // The compiler's own children are in its group.
      if (posix) process.kill(-child.pid, "SIGKILL");
      else spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore" });
    } catch {
      // It has ended by itself.
    }
  };
  const run = (file: string, args: readonly string[], input: string): Promise<{ out: string; failed: string | null }> =>
    new Promise((done) => {
      let out = "";
      let err = "";
      let late = false;
      // English messages, and no folder of the person's project.
      const child = spawn(file, args, { cwd: os.tmpdir(), detached: posix, windowsHide: true, env: { ...process.env, LC_ALL: "C" } });
      // So that the process can end it when it ends itself.
      Atomics.store(signal, 1, child.pid ?? 0);
      const timer = setTimeout(() => {
        late = true;
        end(child);
        done({ out: "", failed: `${file} did not end within ${milliseconds / 1000} s` });
      }, milliseconds);
      child.stdout.on("data", (d) => (out += String(d)));
      child.stderr.on("data", (d) => (err = (err + String(d)).slice(0, 2000)));
      child.stdin.on("error", () => {});
      child.on("error", (e) => {
        clearTimeout(timer);
        done({ out, failed: e.message });
      });
      child.on("close", (code) => {
        clearTimeout(timer);
        Atomics.store(signal, 1, 0);
        const said = err.split("\n").find((l) => l.includes("error")) ?? err.split("\n")[0];
        if (!late) done({ out, failed: code === 0 ? null : `${file} ended with ${code}: ${said}` });
      });
      child.stdin.end(input);
    });
  /** Makes a library in a folder of its own. */
  const library = async (
    within: string,
    compiler: string,
    flags: readonly string[],
    source: string,
    take: (file: string) => void,
  ): Promise<string | null> => {
    fs.mkdirSync(within, { recursive: true, mode: 0o700 });
    const folder = fs.mkdtempSync(path.join(within, "cc-"));
    try {
      const made = path.join(folder, "kernel.bin");
      const { failed } = await run(compiler, [...flags, "-x", "c", "-", "-o", made, ...(posix ? ["-lm", "-lpthread"] : [])], source);
      if (failed === null) take(made);
      return failed;
    } finally {
      try {
        fs.rmSync(folder, { recursive: true, force: true });
      } catch {
        // A compiler that was ended may still hold it.
      }
    }
  };
  const HOUR = 3_600_000;
  /** What processes that were killed have left goes, and the oldest libraries when there are too many. */
  const sweep = (folder: string): void => {
    const all = fs.readdirSync(folder);
    const age = (n: string): number => Date.now() - fs.statSync(path.join(folder, n)).mtimeMs;
    for (const n of all) if (n.startsWith("cc-") && age(n) > HOUR) fs.rmSync(path.join(folder, n), { recursive: true, force: true });
    const names = all.filter((n) => !/^cc-|\.sum$|\.json$/.test(n));
    if (names.length <= MOST_LIBRARIES) return;
    const dated = names.map((n) => ({ n, at: fs.statSync(path.join(folder, n)).mtimeMs })).sort((a, b) => a.at - b.at);
    for (const { n } of dated.slice(0, names.length - MOST_LIBRARIES / 2))
      for (const f of [n, `${n}.sum`]) fs.rmSync(path.join(folder, f), { force: true });
  };
  let made = 0;
  const compile = async (j: CompileJob): Promise<Reply> => {
    const failed = await library(j.folder, j.compiler, j.flags, j.source, (made) => {
      const bytes = fs.readFileSync(made);
      const file = path.join(j.folder, j.name);
      const own = path.join(j.folder, `${j.name}.${Math.random().toString(36).slice(2)}`);
      fs.writeFileSync(`${own}.sum`, crypto.createHash("sha256").update(bytes).digest("hex"), { mode: 0o600 });
      fs.writeFileSync(own, bytes as unknown as string, { mode: 0o700 });
      fs.renameSync(`${own}.sum`, `${file}.sum`);
      fs.renameSync(own, file);
    });
    try {
      if (failed === null && ++made % 64 === 1) sweep(j.folder);
    } catch {
      // Another process sweeps at the same time.
    }
    return failed === null ? { id: j.id } : { id: j.id, failed };
  };
  const probe = async (j: ProbeJob): Promise<Reply> => {
    let failed = "no C compiler was found";
    for (const compiler of j.compilers)
      for (const flags of j.tries) {
        const macros = await run(compiler, [...flags, "-dM", "-E", "-x", "c", "-"], "");
        failed = macros.failed ?? failed;
        if (macros.failed !== null) continue;
        const source =
          "typedef float v __attribute__((vector_size(16)));\nv kernel(v x) { return __builtin_convertvector(__builtin_convertvector(x, __typeof__(x < x)), v); }\n";
        const made = await library(j.folder, compiler, flags, source, () => {});
        if (made === null) return { id: j.id, probe: { compiler, flags, macros: macros.out } };
        failed = made;
      }
    return { id: j.id, failed };
  };
  const answer = async (j: Job): Promise<void> => {
    let reply: Reply;
    try {
      reply = await (j.kind === "probe" ? probe(j) : compile(j));
    } catch (e) {
      reply = { id: j.id, failed: e instanceof Error ? e.message : String(e) };
    }
    port.postMessage(reply);
    Atomics.add(signal, 0, 1);
    Atomics.notify(signal, 0);
  };
  // One after another: the machine has the person's program to run as well.
  let last: Promise<void> = Promise.resolve();
  port.on("message", (j) => (last = last.then(() => answer(j))));
}
