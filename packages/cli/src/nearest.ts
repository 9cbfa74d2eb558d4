import { nearest } from "@tidings/contract/nearest";

/** The name that was most likely meant, as a hint, or nothing. A name that goes on as typed is nearest of all. */
export function didYouMean(typed: string, names: readonly string[]): string | undefined {
  const goesOn = typed.length >= 3 ? names.find((name) => name.startsWith(typed)) : undefined;
  const name = goesOn ?? nearest(typed, names);
  return name === undefined ? undefined : `Did you mean ${name}?`;
}
