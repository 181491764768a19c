export declare function prepareGpu(): void;
export declare function gpuEnvironment(env?: NodeJS.ProcessEnv): { readonly env?: Readonly<Record<string, string>>; readonly missing?: string };
export declare function findChromium(): string | null;
