const unstorable = /[\u0000\p{Cs}]/gu;

/**
 * A text from elsewhere as a text column takes it: without NUL, which PostgreSQL stores nowhere, and without lone
 * surrogates, which its JSON refuses. One such report would else hold up all that came with it.
 */
export function storable(text: string): string {
  return text.replace(unstorable, "\ufffd");
}
