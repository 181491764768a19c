// `jitlens/report`: what a tool needs that reads, checks and writes profiles. It loads no engine.
export type * from "./types.ts";
export { ProfileError, parseReport, parseReportText, readReport } from "./read.ts";
export { writeReport } from "./write.ts";
export { EXPORTERS, type Assets, type Exporter } from "./exporters/exporters.ts";
export { showTime, textReport } from "./exporters/text.ts";
