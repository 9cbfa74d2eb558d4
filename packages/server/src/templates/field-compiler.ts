import { TemplateFault } from "../domain/template-fault.ts";
import type { TemplateFacts } from "../ports/template-engine.ts";
import {
  createEnvironment,
  RenderLimit,
  type RunTemplate,
  type TemplateEnvironment,
} from "./handlebars-environment.ts";
import { checkTemplate, escapeBy, type Node, parseTemplate, type Refuse } from "./handlebars-rules.ts";
import type { TemplateLimits } from "./limits.ts";

/** What a field's result has to be: one line of a header, plain text, HTML with its values escaped, JSON, or a URL with them encoded. */
export type Form = "line" | "text" | "html" | "json" | "url";
export type RenderField<Facts extends object = TemplateFacts> = (facts: Facts) => string;

/** Where a source was written: the field's path, in the template or in another document. */
export interface FieldPlace {
  field: string;
  document?: string | undefined;
}

/** What a source may take in. */
export interface Partials {
  /** As Handlebars is given them. */
  readonly functions: Readonly<Record<string, RunTemplate>>;
  /** Compiles all that a tree takes in, and names it there. */
  resolve(program: Node, form: Form, refuse: Refuse): void;
}

/** Control characters would forge headers (RFC 5322 §2.2). */
const control = /[\u0000-\u001f\u007f\u2028\u2029]/;

/** Compiles single fields; all that it compiled shares one environment. */
export class FieldCompiler {
  readonly limits: TemplateLimits;
  readonly environment: TemplateEnvironment;

  constructor(limits: TemplateLimits) {
    this.limits = limits;
    this.environment = createEnvironment(limits);
  }

  /** A field that is rendered for itself. */
  field<Facts extends object = TemplateFacts>(
    place: FieldPlace,
    form: Form,
    source: string,
    partials: Partials,
  ): RenderField<Facts> {
    const run = this.run(place, form, source, partials);
    const { startRendering } = this.environment;
    return (facts) => {
      let output: string;
      try {
        output = run(facts, startRendering(facts, partials.functions));
      } catch (error) {
        throw faultOf(error, place);
      }
      return this.#checked(place, form, output);
    };
  }

  /** A source as Handlebars runs it, alone or as a partial. */
  run(place: FieldPlace, form: Form, source: string, partials: Partials): RunTemplate {
    const refuse = (line: number | undefined, why: string): never => {
      throw new TemplateFault(place.field, line, why, place.document);
    };
    // a tree in place of the text would run as code (CVE-2026-33937)
    if (typeof source !== "string") refuse(undefined, "must be text");
    if (source.length > this.limits.sourceLengthMax) refuse(undefined, "is too long");
    const program = parseTemplate(source, refuse);
    checkTemplate(program, refuse);
    partials.resolve(program, form, refuse);
    if (form === "json" || form === "url") escapeBy(form, program);
    const { handlebars } = this.environment;
    const options = {
      noEscape: form !== "html",
      knownHelpers: { eq: true, json: form === "json", url: form === "url" },
      knownHelpersOnly: true,
      preventIndent: true,
    };
    try {
      // `compile` only starts at the first rendering: whoever writes a template hears of its faults now
      handlebars.precompile(program, options);
    } catch {
      refuse(undefined, "cannot be compiled");
    }
    return handlebars.compile(program, options);
  }

  #checked({ field, document }: FieldPlace, form: Form, output: string): string {
    const refuse = (why: string): never => {
      throw new TemplateFault(field, undefined, why, document);
    };
    if (output.length > this.limits.outputLengthMax) refuse("becomes too long");
    if (form === "line" && control.test(output)) refuse("has control characters in its values");
    if (form !== "json" && output.includes("\0")) refuse("has NUL in its values");
    if (form === "json" && !isJson(output)) refuse("does not make JSON");
    return output;
  }
}

function faultOf(error: unknown, { field, document }: FieldPlace): TemplateFault {
  if (error instanceof TemplateFault) return error;
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
