// What every text of the ledger keeps to, so that a person can read it: tests hold it over the rules and over whole programs.

/** What a person would do for the other verdict: an imperative clause in small letters, without a full stop. */
export const IMPERATIVE =
  /^(?:apply|build|compute|do|give|keep|leave|make|move|pin|put|read|reduce|remove|replace|return|shorten|take|use|write)\b(?:[^.?!]|\.\w)*[^.?!\s]$/;
/** Words of the compiler's own, conditionals left hanging, and numbers that say nothing. */
export const NOT_A_SENTENCE = /\bhero\b|\bcandidate\b|never worth|generated kernel|\bif:|\bwere\b|\b0 B\b|undefined|NaN|Infinity|\bone kernels\b|\b1 (?:operations|elements|kernels|times)\b/;
export const LONGEST_SENTENCE = 200;
