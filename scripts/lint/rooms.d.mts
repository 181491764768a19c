export const ROOMS: Readonly<Record<string, { readonly may: readonly string[]; readonly types?: readonly string[] }>>;
export function roomOf(path: string): string | null;
export function wall(from: string, to: string, typeOnly: boolean): string | null;
