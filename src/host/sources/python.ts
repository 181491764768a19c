import type { ReportSource } from "./source.ts";
export const pythonSource: ReportSource = null as never;
