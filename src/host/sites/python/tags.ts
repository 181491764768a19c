// `# trace: f32[32,784], f32[784]` above a function, among its comments and decorators, or at the end of the line of a call.
const TAG = /#\s*trace:\s*(.+?)\s*$/;
const FARTHEST = 20;

/** @param from the first line of the decorator or statement @param to the line of the `def` or the call */
export function traceTagAbove(lines: readonly string[], from: number, to: number): string | null {
  for (let i = from; i <= Math.min(to, from + FARTHEST); i++) {
    const inside = TAG.exec(lines[i] ?? "");
    if (inside) return inside[1]!;
  }
  for (let i = from - 1; i >= Math.max(0, from - FARTHEST); i--) {
    const line = (lines[i] ?? "").trim();
    if (!line.startsWith("#") && !line.startsWith("@")) return null;
    const tag = TAG.exec(line);
    if (tag) return tag[1]!;
  }
  return null;
}
