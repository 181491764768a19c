const PIN = /^\d+>\d+=(?:fuse|split)$/;
/** Whether a text is a pin: an edge, and what becomes of it. */
export const isPin = (s: string): boolean => s.length <= 60 && PIN.test(s);
