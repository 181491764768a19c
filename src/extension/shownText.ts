// Foreign text made harmless: what comes from a profile, a file, user code or an error is only ever words when it is shown. VS Code turns
// `[text](command:…)` into links, `$(name)` into icons, and Markdown into markup; none of that may come from a text we did not write.

/** Control characters, and those that are invisible or turn the direction of the writing. */
const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
export const SHORT = 300,
  LONG = 2000;

function harmless(text: unknown, limit: number): string {
  const whole = String(text),
    // Cut first: what follows then costs the same for any length.
    cut = whole.length > limit ? `${whole.slice(0, limit)}…` : whole;
  return cut
    .replace(LONE_SURROGATE, "\ufffd")
    .replace(INVISIBLE, "")
    .replace(/\](?=\()/g, "] ")
    .replace(/\$(?=\()/g, "$ ")
    .replace(/\bcommand(?=:\S)/gi, "command ");
}
/** One line of words: for notifications, titles, status texts, tooltips and labels. */
export const plain = (text: unknown, limit = LONG): string =>
  harmless(
    String(text)
      .slice(0, 4 * limit)
      .replace(/\s+/g, " "),
    limit,
  ).trim();
/** Words that may have several lines: for diagnostics and the details of a dialog. */
export const plainLines = (text: unknown, limit = LONG): string =>
  harmless(
    String(text)
      .slice(0, 4 * limit)
      .replace(/\r\n?/g, "\n"),
    limit,
  );
/** Words inside Markdown: every character that has a meaning there is escaped. */
export const plainMarkdown = (text: unknown, limit = LONG): string => plain(text, limit).replace(/[\\`*_{}[\]()#+\-.!~|<>&:@$=^"']/g, "\\$&");
