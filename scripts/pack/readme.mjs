// The README as it is shown away from this folder. Editors and shops show pictures by https only, and these files have no address until a repository is
// filled in (docs/publishing.md): until then pictures are left out, and links to files that are not shipped are words.
const isRelative = (link) => !/^[a-z][\w+.-]*:|^#/i.test(link);
export const shippedReadme = (markdown) =>
  markdown
    .replace(/!\[[^\]]*\]\(([^)\s]+)\)\n*/g, (all, link) => (isRelative(link) ? "" : all))
    .replace(/(?<!!)\[([^\]]+)\]\(([^)\s]+)\)/g, (all, text, link) => (isRelative(link) ? text : all));
