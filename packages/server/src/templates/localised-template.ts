import type { TemplateBody } from "@tidings/contract/templates";
import type { Channel } from "@tidings/contract/words";
import { TemplateFault } from "../domain/template-fault.ts";
import type { RenderedContent } from "../ports/provider.ts";
import type { CompiledTemplate, TemplateFacts, TemplateLibrary } from "../ports/template-engine.ts";
import { stepsOf } from "./channel-fields.ts";
import type { FieldCompiler, RenderField } from "./field-compiler.ts";
import type { Step } from "./field-maker.ts";
import { LayoutCompiler } from "./layout-compiler.ts";
import { LocaleNames } from "./locales.ts";
import { Messages } from "./messages.ts";
import { PartialSet } from "./partial-set.ts";
import type { OnMissing } from "./rendering.ts";

/** Locales of recipients that are remembered with what a template has for them. */
const chosenMax = 200;

/**
 * A template for one channel. The default is compiled at once, each locale when the first recipient of it comes; a
 * source that several locales share is compiled once.
 */
export class LocalisedTemplate implements CompiledTemplate {
  readonly usesParts: boolean;
  readonly usesOptOut: boolean;
  readonly #compiler: FieldCompiler;
  readonly #template: TemplateBody;
  readonly #channel: Channel;
  readonly #layout: LayoutCompiler | undefined;
  readonly #messages: Messages | undefined;
  readonly #partials: PartialSet;
  readonly #names: LocaleNames;
  readonly #fields = new Map<string, RenderField>();
  readonly #steps = new Map<string | undefined, readonly Step[]>();
  readonly #chosen = new Map<string, string | undefined>();

  /** `onMissing` is told of values that are not there, in place of what the template itself says. */
  constructor(
    compiler: FieldCompiler,
    template: TemplateBody,
    channel: Channel,
    library: TemplateLibrary,
    onMissing: OnMissing | undefined = template.missing === "fail" ? failMissing : undefined,
  ) {
    this.#compiler = compiler;
    this.#template = template;
    this.#channel = channel;
    this.#messages = template.messages && new Messages(template.messages, compiler.formats);
    this.#partials = new PartialSet(compiler, (key) => library.partial(key), { onMissing, messages: this.#messages });
    const layout = channel === "email" ? layoutOf(template, library) : undefined;
    this.#layout = layout && new LayoutCompiler(compiler, `layout ${template.layout}`, layout, library, onMissing);
    this.#names = new LocaleNames(
      template.locales,
      layout?.locales,
      localesOf(template.messages),
      localesOf(layout?.messages),
    );
    this.#stepsFor(undefined);
    const own = JSON.stringify([template[channel], template.locales, layout]);
    this.usesParts = layout !== undefined || own.includes("{{>") || own.includes("{{~>");
    // What a partial reads is not known before it is compiled, and may change with it.
    // A template at a vendor may show the links too.
    this.usesOptOut = this.usesParts || /unsubscribeUrl|preferencesUrl|confirmUrl|"stored":/.test(own);
  }

  render(facts: TemplateFacts): RenderedContent {
    const locale = this.#names.size === 0 ? undefined : this.#choose(facts.recipient.locale);
    const content: RenderedContent = {};
    if (locale !== undefined) {
      facts.locale = locale;
      content.locale = locale;
    }
    for (const step of this.#stepsFor(locale)) step(facts, content);
    return content;
  }

  compileAll(): void {
    const [fault] = this.#messages?.faults() ?? [];
    if (fault !== undefined) throw fault;
    for (const locale of this.#names.names()) this.#stepsFor(locale);
  }

  #choose(locale: string | undefined): string | undefined {
    if (locale === undefined) return undefined;
    if (this.#chosen.has(locale)) return this.#chosen.get(locale);
    const chosen = this.#names.choose(locale);
    if (this.#chosen.size >= chosenMax) this.#chosen.clear();
    this.#chosen.set(locale, chosen);
    return chosen;
  }

  #stepsFor(locale: string | undefined): readonly Step[] {
    const known = this.#steps.get(locale);
    if (known !== undefined) return known;
    const steps = stepsOf(this.#template, this.#channel, {
      chain: new LocaleNames(this.#template.locales).chain(locale),
      layout: this.#layout?.compile(locale),
      limits: this.#compiler.limits,
      field: (place, form, source) => {
        const name = `${place.field} ${form}`;
        const field = this.#fields.get(name) ?? this.#compiler.field(place, form, source, this.#partials);
        this.#fields.set(name, field);
        return field;
      },
    });
    this.#steps.set(locale, steps);
    return steps;
  }
}

function layoutOf({ layout: key }: TemplateBody, library: TemplateLibrary) {
  if (key === undefined) return undefined;
  const layout = library.layout(key);
  if (layout === undefined) throw new TemplateFault("layout", undefined, `there is no layout ${key}`);
  return layout;
}

/** For a template that says `missing: fail`. */
const failMissing: OnMissing = ({ field, document }, line, variable) => {
  throw new TemplateFault(field, line, `${variable} is missing`, document, variable);
};

function localesOf(messages: TemplateBody["messages"]): Record<string, unknown> {
  const { default: _default, ...locales } = messages ?? {};
  return locales;
}
