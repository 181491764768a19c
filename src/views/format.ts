// Numbers as people read them.
export const time = (ms: number): string =>
  ms === 0
    ? "0 ns"
    : ms < 0.001
      ? `${(ms * 1e6).toFixed(0)} ns`
      : ms < 1
        ? `${(ms * 1e3).toFixed(ms < 0.01 ? 2 : 1)} µs`
        : ms < 1000
          ? `${ms.toFixed(2)} ms`
          : `${(ms / 1000).toFixed(2)} s`;
export const bytes = (n: number): string =>
  n < 1024
    ? `${n} B`
    : n < 2 ** 20
      ? `${(n / 1024).toFixed(1)} KiB`
      : n < 2 ** 30
        ? `${(n / 2 ** 20).toFixed(1)} MiB`
        : `${(n / 2 ** 30).toFixed(2)} GiB`;
export const count = (n: number): string =>
  n < 1e3 ? String(n) : n < 1e6 ? `${(n / 1e3).toFixed(1)}k` : n < 1e9 ? `${(n / 1e6).toFixed(1)}M` : `${(n / 1e9).toFixed(2)}G`;
export const percent = (x: number): string => `${(100 * x).toFixed(x < 0.1 ? 1 : 0)} %`;
export const rate = (perMs: number): string => (Number.isFinite(perMs) && perMs > 0 ? (perMs / 1e6).toFixed(perMs / 1e6 < 10 ? 2 : 1) : "–");
export const baseName = (file: string): string => file.split(/[\\/]/).at(-1) ?? file;
