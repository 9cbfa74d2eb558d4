import { type Place, startOf } from "./fault.ts";

export type Part = string | number;
type Locate = (rest: readonly Part[], line: number | undefined) => Place;

/** Where the values of a document stand that is written in several files. */
export class DocumentSources {
  readonly #folder: string;
  readonly #sources: { prefix: readonly Part[]; locate: Locate }[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What stands at `prefix`, and below it, was written where `locate` says. */
  add(prefix: readonly Part[], locate: Locate): void {
    this.#sources.push({ prefix, locate });
  }

  /** A file that is one value. */
  addFile(prefix: readonly Part[], file: string): void {
    this.add(prefix, (_rest, line) => ({ ...startOf(file), line: line ?? 1 }));
  }

  /** The source of the value, or what is nearest: a missing subject is a fault of the mail's other files. */
  placeOf(path: readonly Part[], line?: number): Place {
    let best: { prefix: readonly Part[]; locate: Locate } | undefined;
    let bestScore = -1;
    for (const source of this.#sources) {
      const shared = sharedLength(source.prefix, path);
      // A source of the value itself, or above it, is nearer than a neighbour.
      const score = shared === source.prefix.length ? shared + 0.5 : shared === 0 ? 0 : shared;
      if (score <= bestScore) continue;
      best = source;
      bestScore = score;
    }
    if (best === undefined) return startOf(this.#folder);
    const isOwn = sharedLength(best.prefix, path) === best.prefix.length;
    return isOwn ? best.locate(path.slice(best.prefix.length), line) : best.locate([], undefined);
  }
}

function sharedLength(a: readonly Part[], b: readonly Part[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
