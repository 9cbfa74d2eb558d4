import { type Place, startOf } from "./fault.ts";
import type { YamlFile } from "./yaml-file.ts";

export type Part = string | number;
/** A file, or a part of one, that a part of the document was written in. */
interface Source {
  prefix: readonly Part[];
  locate(rest: readonly Part[], line: number | undefined): Place;
  /** How many parts of the way below the prefix are written there. */
  depth(rest: readonly Part[]): number;
}

/** Where the values of a document stand that is written in several files. */
export class DocumentSources {
  readonly #folder: string;
  readonly #sources: Source[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What stands at `prefix`, and below it, was written in a YAML file. */
  addYaml(prefix: readonly Part[], yaml: YamlFile): void {
    this.#sources.push({
      prefix,
      locate: (rest, line) => yaml.placeOfText(rest, line),
      depth: (rest) => yaml.depthOf(rest),
    });
  }

  /** A file that is one value. */
  addFile(prefix: readonly Part[], file: string): void {
    this.#sources.push({ prefix, locate: (_rest, line) => ({ ...startOf(file), line: line ?? 1 }), depth: () => 0 });
  }

  /** The source of the value, or what is nearest: a missing subject is a fault of the mail's other files. */
  placeOf(path: readonly Part[], line?: number): Place {
    let best: Source | undefined;
    let bestScore = -1;
    for (const source of this.#sources) {
      const shared = sharedLength(source.prefix, path);
      // A source that the value belongs into is nearer than a neighbour that shares as much of the way.
      const isAbove = shared === source.prefix.length;
      const score = isAbove ? shared + source.depth(path.slice(shared)) + 0.5 : shared;
      if (score <= bestScore) continue;
      best = source;
      bestScore = score;
    }
    if (best === undefined) return startOf(this.#folder);
    const isAbove = sharedLength(best.prefix, path) === best.prefix.length;
    return isAbove ? best.locate(path.slice(best.prefix.length), line) : best.locate([], undefined);
  }
}

function sharedLength(a: readonly Part[], b: readonly Part[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
