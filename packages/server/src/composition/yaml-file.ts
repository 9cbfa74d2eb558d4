import type { Fault } from "@tidings/contract/errors";
import { faultsOf } from "@tidings/contract/faults";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { z } from "zod";

export interface FolderFault {
  file: string;
  line?: number;
  message: string;
}

/** One fault as it is shown: `workflows/a.yaml:12: steps[0].channel must be …`. */
export function faultText({ file, line, message }: FolderFault): string {
  return `${line === undefined ? file : `${file}:${line}`}: ${message}`;
}

const mappingSchema = z.record(z.string(), z.unknown());
/** A file may use an anchor a few times; thousands are how a small file becomes a huge one. */
const aliasesMax = 100;

/** A YAML file that knows on which line each of its values stands. */
export class YamlFile {
  readonly #path: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;

  constructor(path: string, text: string) {
    this.#path = path;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  /** The file as a mapping; an empty one where it is empty, or not a mapping, which is reported. */
  mapping(faults: FolderFault[]): Record<string, unknown> {
    for (const error of this.#document.errors) {
      faults.push({ file: this.#path, line: this.#lines.linePos(error.pos[0]).line, message: error.message });
    }
    if (this.#document.errors.length > 0) return {};
    try {
      const parsed = mappingSchema.safeParse(this.#document.toJS({ maxAliasCount: aliasesMax }) ?? {});
      if (parsed.success) return parsed.data;
      faults.push({ file: this.#path, line: 1, message: "must be a mapping" });
    } catch (error) {
      faults.push({ file: this.#path, message: error instanceof Error ? error.message : String(error) });
    }
    return {};
  }

  /** Parses what stands at `path`; each fault is reported with its line. */
  parse(schema: z.ZodType, value: unknown, path: readonly string[], faults: FolderFault[]): unknown {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const fault of faultsOf(parsed.error)) this.#reportFault(fault, path, faults);
    return undefined;
  }

  report(path: readonly string[], message: string, faults: FolderFault[]): void {
    faults.push({ file: this.#path, ...this.#lineOf(path), message: `${path.join(".")} ${message}` });
  }

  #reportFault(fault: Fault, path: readonly string[], faults: FolderFault[]): void {
    const inner = fault.path.match(/[^.[\]"]+/g) ?? [];
    const shown = [...path, ...(fault.path === "" ? [] : [fault.path])].join(".");
    const message = shown === "" ? fault.message : `${shown} ${fault.message}`;
    faults.push({ file: this.#path, ...this.#lineOf([...path, ...inner]), message });
  }

  /** Line of the value at the path, or of the nearest one above it that is there. */
  #lineOf(path: readonly string[]): { line?: number } {
    for (let length = path.length; length >= 0; length -= 1) {
      const node: unknown = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range != null) return { line: this.#lines.linePos(node.range[0]).line };
    }
    return {};
  }
}
