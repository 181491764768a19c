export const EDITOR_STUB: string;
