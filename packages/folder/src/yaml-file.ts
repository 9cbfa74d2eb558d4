import { faultsOf } from "@tidings/contract/faults";
import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import { z } from "zod";
import { type FolderFault, type Place, startOf } from "./fault.ts";
import { partsOf } from "./path-parts.ts";
import { isUnknown, shapeFault } from "./shape-fault.ts";

const mappingSchema = z.record(z.string(), z.unknown());
/** A file may use an anchor a few times; thousands are how a small file becomes a huge one. */
const aliasesMax = 100;

/** A YAML file that knows where each of its values stands. */
export class YamlFile {
  readonly path: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;

  constructor(path: string, text: string) {
    this.path = path;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  /** The file as a mapping; undefined where it is none, which is reported. An empty file is an empty mapping. */
  mapping(faults: FolderFault[]): Record<string, unknown> | undefined {
    for (const { pos, message } of this.#document.errors) {
      faults.push({ ...this.#at(pos[0]), path: "", message });
    }
    if (this.#document.errors.length > 0) return undefined;
    try {
      const parsed = mappingSchema.safeParse(this.#document.toJS({ maxAliasCount: aliasesMax }) ?? {});
      if (parsed.success) return parsed.data;
      faults.push({ ...startOf(this.path), path: "", message: "must be a mapping" });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      faults.push({ ...startOf(this.path), path: "", message });
    }
    return undefined;
  }

  /** Parses what stands under `path`; each fault is reported with its place. */
  parse(schema: z.ZodType, value: unknown, path: readonly string[], faults: FolderFault[]): unknown {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const fault of faultsOf(parsed.error)) {
      const place = this.placeOf([...path, ...partsOf(fault.path)], isUnknown(fault) ? "key" : "value");
      faults.push(shapeFault(place, fault, { schema, value, prefix: path.join(".") }));
    }
    return undefined;
  }

  report(path: readonly string[], message: string, faults: FolderFault[], hint?: string): void {
    const fault = { ...this.placeOf(path), path: path.join("."), message };
    faults.push(hint === undefined ? fault : { ...fault, hint });
  }

  /** How many parts of a path are there. */
  depthOf(path: readonly (string | number)[]): number {
    let depth = 0;
    while (depth < path.length && this.#document.hasIn(path.slice(0, depth + 1))) depth += 1;
    return depth;
  }

  /** A line of a text that stands at the path; the lines of a block begin below its mark. */
  placeOfText(path: readonly (string | number)[], line: number | undefined): Place {
    const place = this.placeOf(path);
    const node: unknown = this.#document.getIn(path, true);
    const isBlock = isScalar(node) && (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED");
    return line !== undefined && isBlock ? { ...place, line: place.line + line, column: 1 } : place;
  }

  /** The value at the path, or the nearest one above it that is there. A name that is too much stands where its key does. */
  placeOf(path: readonly (string | number)[], part: "key" | "value" = "value"): Place {
    if (part === "key") {
      const key = this.#keyAt(path);
      if (key?.range != null) return this.#at(key.range[0]);
    }
    for (let length = path.length; length >= 0; length -= 1) {
      const node: unknown = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range != null) return this.#at(node.range[0]);
    }
    return startOf(this.path);
  }

  #keyAt(path: readonly (string | number)[]): Node | undefined {
    const parent: unknown = this.#document.getIn(path.slice(0, -1), true);
    const name = path.at(-1);
    if (!isMap(parent)) return undefined;
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));
    return isNode(pair?.key) ? pair.key : undefined;
  }

  #at(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.path, line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}
