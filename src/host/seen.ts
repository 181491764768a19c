/** The line that tells a runner that the picture it sent is painted. A file of its own: the thread that reads it loads nothing else. */
export const SEEN = JSON.stringify({ seen: true });
