// What of WebGPU is used, as types: the package that has them all is not here at build time.

export interface GpuBuffer {
  destroy(): void;
  unmap(): void;
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
}
export interface GpuPass {
  setPipeline(p: GpuPipeline): void;
  setBindGroup(index: number, group: object): void;
  dispatchWorkgroups(x: number, y: number): void;
  end(): void;
}
export interface GpuEncoder {
  beginComputePass(options?: object): GpuPass;
  copyBufferToBuffer(from: GpuBuffer, fromAt: number, to: GpuBuffer, toAt: number, bytes: number): void;
  resolveQuerySet(set: object, first: number, count: number, to: GpuBuffer, at: number): void;
  finish(): object;
}
export interface GpuPipeline {
  getBindGroupLayout(index: number): object;
}
export interface GpuDevice {
  readonly lost: Promise<{ readonly message: string; readonly reason: string }>;
  readonly queue: {
    submit(buffers: object[]): void;
    writeBuffer(to: GpuBuffer, at: number, data: Uint8Array): void;
    onSubmittedWorkDone(): Promise<void>;
  };
  createBuffer(d: { readonly size: number; readonly usage: number }): GpuBuffer;
  createShaderModule(d: { readonly code: string }): object;
  createComputePipelineAsync(d: object): Promise<GpuPipeline>;
  createBindGroupLayout(d: object): object;
  createPipelineLayout(d: object): object;
  createBindGroup(d: object): object;
  createQuerySet(d: { readonly type: "timestamp"; readonly count: number }): { destroy(): void };
  createCommandEncoder(): GpuEncoder;
  addEventListener(event: "uncapturederror", listen: (e: { readonly error: { readonly message: string } }) => void): void;
  destroy(): void;
}
export interface GpuAdapter {
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  readonly info?: { readonly vendor: string; readonly architecture: string; readonly device: string; readonly description: string };
  requestDevice(d: object): Promise<GpuDevice>;
}
export interface Gpu {
  requestAdapter(d: object): Promise<GpuAdapter | null>;
}
