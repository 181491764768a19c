// What the picture says, so that a page can say it in the person's language.
export interface Words {
  readonly forward: string;
  readonly backward: string;
  readonly kernels: (n: number) => string;
  readonly operations: (n: number) => string;
  readonly kernelRange: (from: number, to: number) => string;
  readonly operationRange: (from: number, to: number) => string;
  readonly continued: (name: string, n: number) => string;
  readonly time: (ms: number) => string;
  readonly share: (part: number) => string;
}
export const english = (format: Pick<Words, "time" | "share">): Words => ({
  forward: "forward",
  backward: "backward",
  kernels: (n) => (n === 1 ? "1 kernel" : `${n} kernels`),
  operations: (n) => (n === 1 ? "1 operation" : `${n} operations`),
  kernelRange: (from, to) => `kernels ${from} – ${to}`,
  operationRange: (from, to) => `operations ${from} – ${to}`,
  continued: (name, n) => `${name} (${n})`,
  ...format,
});
