/** Where an event stands among its topics: all subscribers of those before `index` had their turn, and of that one those up to `after`. */
export interface AudiencePlace {
  index: number;
  /** Id of a recipient; empty before the first. */
  after: string;
}

export function placeText({ index, after }: AudiencePlace): string {
  return `${index}:${after}`;
}

/** Null is the place before the first subscriber. */
export function placeOf(text: string | null): AudiencePlace {
  if (text === null) return { index: 0, after: "" };
  const colon = text.indexOf(":");
  const index = Number(text.slice(0, colon));
  if (colon < 1 || !Number.isSafeInteger(index)) throw new TypeError("a place among subscribers cannot be read");
  return { index, after: text.slice(colon + 1) };
}
