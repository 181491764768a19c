// scipy.signal as users see it.
export * from "./signal.ts";
export {
  type Detrend,
  type IstftOptions,
  type SegmentOptions,
  type StftOptions,
  type WelchOptions,
  type Window,
  csd,
  istft,
  stft,
  welch,
} from "./spectral.ts";
