// safetensors files as bytes.
export { type SafetensorsOptions, load, metadata, save } from "../files/safetensors.ts";
