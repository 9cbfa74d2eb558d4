export interface TemplateLimits {
  /** Characters of one field's source, and values and blocks in it. */
  sourceLengthMax: number;
  tagsMax: number;
  /** Characters of one field's result. */
  outputLengthMax: number;
  /** Passes through all loops, and partials taken in, of one field's rendering. */
  passesMax: number;
  /** Time of one field's rendering, ms. */
  renderMs: number;
  /** Partials that take each other in. */
  partialDepthMax: number;
  /** Bytes of one attachment, and of all of one mail. */
  attachmentBytesMax: number;
  attachmentsBytesMax: number;
}

export const defaultTemplateLimits: TemplateLimits = {
  sourceLengthMax: 500_000,
  tagsMax: 5000,
  outputLengthMax: 1_000_000,
  passesMax: 100_000,
  renderMs: 250,
  partialDepthMax: 10,
  attachmentBytesMax: 10 * 1024 * 1024,
  attachmentsBytesMax: 20 * 1024 * 1024,
};
