export interface TemplateLimits {
  /** Characters of one field's source. */
  sourceLengthMax: number;
  /** Characters of one field's result. */
  outputLengthMax: number;
  /** Passes through all loops, and partials taken in, of one field's rendering. */
  passesMax: number;
  /** Partials that take each other in. */
  partialDepthMax: number;
}

export const defaultTemplateLimits: TemplateLimits = {
  sourceLengthMax: 500_000,
  outputLengthMax: 1_000_000,
  passesMax: 100_000,
  partialDepthMax: 10,
};
