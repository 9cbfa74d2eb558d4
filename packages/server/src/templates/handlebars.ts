import type { TemplateBody } from "@tidings/contract/templates";
import type { Channel } from "@tidings/contract/words";
import type { RenderedContent } from "../ports/provider.ts";
import type { CompiledTemplate, TemplateEngine, TemplateFacts } from "../ports/template-engine.ts";
import { createEnvironment, RenderLimit, type TemplateEnvironment } from "./handlebars-environment.ts";
import { checkTemplate, escapeForJson, parseTemplate } from "./handlebars-rules.ts";
import { TemplateFault } from "./template-fault.ts";

export interface TemplateLimits {
  /** Characters of one field's source. */
  sourceLengthMax: number;
  /** Characters of one field's result. */
  outputLengthMax: number;
  /** Passes through all loops of one field's rendering. */
  passesMax: number;
}

export const defaultTemplateLimits: TemplateLimits = {
  sourceLengthMax: 500_000,
  outputLengthMax: 1_000_000,
  passesMax: 100_000,
};

/** What a field's result has to be: one line of a header, plain text, HTML with its values escaped, or JSON. */
type Form = "line" | "text" | "html" | "json";
type RenderField = (facts: TemplateFacts) => string;

interface FieldSource {
  /** Where the author wrote it. */
  field: string;
  target: keyof RenderedContent;
  form: Form;
  source: string | undefined;
}

/** What each channel's message is made of. */
const fieldsOf: Readonly<Record<Channel, (body: TemplateBody) => readonly FieldSource[] | undefined>> = {
  email: ({ email }) =>
    email && [
      { field: "email.subject", target: "subject", form: "line", source: email.subject },
      { field: "email.text", target: "text", form: "text", source: email.text },
      { field: "email.html", target: "html", form: "html", source: email.html },
    ],
  sms: ({ sms }) => sms && [{ field: "sms.text", target: "text", form: "text", source: sms.text }],
  push: ({ push }) =>
    push && [
      { field: "push.title", target: "subject", form: "line", source: push.title },
      { field: "push.text", target: "text", form: "text", source: push.text },
    ],
  in_app: ({ in_app }) =>
    in_app && [
      { field: "in_app.title", target: "subject", form: "line", source: in_app.title },
      { field: "in_app.text", target: "text", form: "text", source: in_app.text },
    ],
  chat: ({ chat }) => chat && [{ field: "chat.text", target: "text", form: "text", source: chat.text }],
  voice: ({ voice }) => voice && [{ field: "voice.text", target: "text", form: "text", source: voice.text }],
  webhook: ({ webhook }) => webhook && [{ field: "webhook.body", target: "body", form: "json", source: webhook.body }],
};

/** Control characters would forge headers (RFC 5322 §2.2). */
const control = /[\u0000-\u001f\u007f\u2028\u2029]/;

/**
 * Handlebars as the default template language: no partials, no helpers but `if`, `unless`, `each`, `with`, `lookup` and `eq`, no way
 * to what data inherits; a variable that is not there is empty. Compiled once: 200 times faster than compiling per message.
 */
export class HandlebarsEngine implements TemplateEngine {
  readonly #limits: TemplateLimits;
  readonly #environment: TemplateEnvironment;

  constructor(limits: Partial<TemplateLimits> = {}) {
    this.#limits = { ...defaultTemplateLimits, ...limits };
    this.#environment = createEnvironment(this.#limits);
  }

  compile(template: TemplateBody, channel: Channel): CompiledTemplate {
    const sources = fieldsOf[channel](template);
    if (sources === undefined) throw new TemplateFault(channel, undefined, "the template has nothing for this channel");
    if (channel === "webhook" && template.webhook?.body === undefined)
      return ({ data }) => ({ body: JSON.stringify(data) });
    const fields = sources.flatMap(({ source, ...rest }) =>
      source === undefined ? [] : [{ target: rest.target, render: this.#compileField(rest, source) }],
    );
    return (facts) => {
      const content: RenderedContent = {};
      for (const { target, render } of fields) content[target] = render(facts);
      return content;
    };
  }

  #compileField({ field, form }: Pick<FieldSource, "field" | "form">, source: string): RenderField {
    // a tree in place of the text would run as code (CVE-2026-33937)
    if (typeof source !== "string") throw new TemplateFault(field, undefined, "must be text");
    if (source.length > this.#limits.sourceLengthMax) throw new TemplateFault(field, undefined, "is too long");
    const program = parseTemplate(field, source);
    checkTemplate(field, program);
    if (form === "json") escapeForJson(program);
    const { handlebars, startRendering } = this.#environment;
    const options = {
      noEscape: form !== "html",
      knownHelpers: { eq: true, json: form === "json" },
      knownHelpersOnly: true,
    };
    const input = form === "json" ? program : source;
    try {
      // `compile` only starts at the first rendering: whoever writes a template hears of its faults now
      handlebars.precompile(input, options);
    } catch {
      throw new TemplateFault(field, undefined, "cannot be compiled");
    }
    const run = handlebars.compile<TemplateFacts>(input, options);
    const render: RenderField = (facts) => {
      try {
        return run(facts, startRendering(facts));
      } catch (error) {
        throw new TemplateFault(field, undefined, error instanceof RenderLimit ? error.message : "cannot be rendered");
      }
    };
    return (facts) => this.#checked(field, form, render(facts));
  }

  #checked(field: string, form: Form, output: string): string {
    if (output.length > this.#limits.outputLengthMax) throw new TemplateFault(field, undefined, "becomes too long");
    if (form === "line" && control.test(output))
      throw new TemplateFault(field, undefined, "has control characters in its values");
    if (form !== "json" && output.includes("\0")) throw new TemplateFault(field, undefined, "has NUL in its values");
    if (form === "json" && !isJson(output)) throw new TemplateFault(field, undefined, "does not make JSON");
    return output;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
