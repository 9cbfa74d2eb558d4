import { TemplateFault } from "../domain/template-fault.ts";
import type { TemplateFacts } from "../ports/template-engine.ts";
import { Formats } from "./formats.ts";
import { encodeName, guardHelpers, jsonName } from "./guard-helpers.ts";
import { createEnvironment, type RunTemplate, type TemplateEnvironment } from "./handlebars-environment.ts";
import { checkTemplate, type HasMessage, knownHelpers } from "./handlebars-rules.ts";
import { type Node, parseTemplate, type Refuse } from "./handlebars-tree.ts";
import { guardHtml } from "./html-places.ts";
import type { TemplateLimits } from "./limits.ts";
import {
  type FieldPlace,
  HelperFault,
  Rendering,
  type RenderingFacts,
  RenderLimit,
  type Surroundings,
} from "./rendering.ts";
import { addTicks, escapeBy } from "./tree-edits.ts";
import { watchMissing } from "./watch-missing.ts";

/** What a field's result has to be: one line of a header, plain text, HTML with its values escaped, JSON, or a URL with them encoded. */
export type Form = "line" | "text" | "html" | "json" | "url";
export type RenderField<Facts extends RenderingFacts = TemplateFacts> = (facts: Facts) => string;

/** What a source may take in, and is rendered with. */
export interface Partials {
  /** As Handlebars is given them. */
  readonly functions: Readonly<Record<string, RunTemplate>>;
  readonly around: Surroundings;
  readonly hasMessage: HasMessage;
  /** Compiles all that a tree takes in, and names it there. */
  resolve(program: Node, form: Form, refuse: Refuse): void;
}

/** Control characters would forge headers (RFC 5322 §2.2). */
const control = /[\u0000-\u001f\u007f\u2028\u2029]/;

const known = { ...knownHelpers, ...Object.fromEntries(guardHelpers.map((name) => [name, true])) };

/** Compiles single fields; all that it compiled shares one environment. */
export class FieldCompiler {
  readonly limits: TemplateLimits;
  readonly rendering: Rendering;
  readonly formats = new Formats();
  readonly #environment: TemplateEnvironment;

  constructor(limits: TemplateLimits) {
    this.limits = limits;
    this.rendering = new Rendering(limits);
    this.#environment = createEnvironment(this.rendering, this.formats);
  }

  /** A field that is rendered for itself. */
  field<Facts extends RenderingFacts = TemplateFacts>(
    place: FieldPlace,
    form: Form,
    source: string,
    partials: Partials,
  ): RenderField<Facts> {
    const run = this.run(place, form, source, partials);
    const { rendering } = this;
    const { optionsFor } = this.#environment;
    return (facts) => {
      let output: string;
      rendering.start(facts, partials.around);
      try {
        output = run(facts, optionsFor(facts, partials.functions));
      } catch (error) {
        throw faultAt(error, place);
      }
      const fault = this.#faultIn(form, output);
      if (fault !== undefined) throw new TemplateFault(place.field, undefined, fault, place.document);
      return output;
    };
  }

  /** A source as Handlebars runs it, alone or as a partial. */
  run(place: FieldPlace, form: Form, source: string, partials: Partials): RunTemplate {
    const refuse = (line: number | undefined, why: string): never => {
      throw new TemplateFault(place.field, line, why, place.document);
    };
    const program = this.#parse(source, refuse);
    checkTemplate(program, refuse, partials.hasMessage);
    partials.resolve(program, form, refuse);
    if (partials.around.onMissing !== undefined) watchMissing(program, place);
    if (form === "html") guardHtml(program, refuse);
    if (form === "json") escapeBy(jsonName, program);
    if (form === "url") escapeBy(encodeName, program);
    addTicks(program);
    const { handlebars } = this.#environment;
    const options = { noEscape: form !== "html", knownHelpers: known, knownHelpersOnly: true, preventIndent: true };
    try {
      // `compile` only starts at the first rendering: whoever writes a template hears of its faults now
      handlebars.precompile(program, options);
    } catch {
      refuse(undefined, "cannot be compiled");
    }
    return handlebars.compile(program, options);
  }

  #parse(source: string, refuse: (line: number | undefined, why: string) => never): hbs.AST.Program {
    // a tree in place of the text would run as code (CVE-2026-33937)
    if (typeof source !== "string") refuse(undefined, "must be text");
    const { sourceLengthMax, tagsMax } = this.limits;
    if (source.length > sourceLengthMax) refuse(undefined, "is too long");
    if (source.split("{{", tagsMax + 2).length > tagsMax + 1)
      refuse(undefined, `has more than ${tagsMax} values and blocks`);
    return parseTemplate(source, refuse);
  }

  /** What is wrong with a result, looked at on the way of every message. */
  #faultIn(form: Form, output: string): string | undefined {
    if (output.length > this.limits.outputLengthMax) return "becomes too long";
    if (form === "line" && control.test(output)) return "has control characters in its values";
    if (form === "json") return isJson(output) ? undefined : "does not make JSON";
    return output.includes("\0") ? "has NUL in its values" : undefined;
  }
}

/** A fault of rendering, with the place of the source in which it came up. */
export function faultAt(error: unknown, { field, document }: FieldPlace): TemplateFault {
  if (error instanceof TemplateFault) return error;
  if (error instanceof HelperFault) return new TemplateFault(field, error.line, error.message, document);
  const why = error instanceof RenderLimit ? error.message : "cannot be rendered";
  return new TemplateFault(field, undefined, why, document);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
