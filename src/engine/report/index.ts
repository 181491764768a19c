// `jitlens/report`: what a tool needs that reads, checks and writes profiles. It loads no engine.
export type * from "./types.ts";
export { ProfileError, parseReport, parseReportText, readReport } from "./read.ts";
export { writeReport } from "./write.ts";
export { EXPORTERS, type Assets, type Exporter } from "./exporters/exporters.ts";
export { showTime, textReport } from "./exporters/text.ts";
export { overviewText } from "./exporters/overview.ts";
export { SECTIONS, summary, type Section, type Summary, type SummaryOptions } from "./summary.ts";
export { baselineOf, checkReport, type Baseline, type Failure, type Limits } from "./check.ts";
export { diffReports } from "./diff/diff.ts";
export { diffRepeated, mergeReports } from "./diff/repeated.ts";
export { diffText } from "./diff/text.ts";
export type * from "./diff/types.ts";
