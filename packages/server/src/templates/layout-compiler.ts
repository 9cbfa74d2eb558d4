import type { LayoutBody } from "@tidings/contract/layouts";
import type { TemplateLibrary } from "../ports/template-engine.ts";
import type { FieldCompiler } from "./field-compiler.ts";
import type { FieldMaker, RenderAround } from "./field-maker.ts";
import { LocaleNames, lay } from "./locales.ts";
import { Messages } from "./messages.ts";
import { PartialSet } from "./partial-set.ts";
import type { OnMissing, Surroundings } from "./rendering.ts";

/** A layout in all its locales. `document` names it in faults; undefined where it is checked for itself. */
export class LayoutCompiler {
  readonly #compiler: FieldCompiler;
  readonly #document: string | undefined;
  readonly #layout: LayoutBody;
  readonly #library: TemplateLibrary;
  readonly #names: LocaleNames;
  readonly #messages: Messages | undefined;
  readonly #around: Surroundings;

  constructor(
    compiler: FieldCompiler,
    document: string | undefined,
    layout: LayoutBody,
    library: TemplateLibrary,
    onMissing?: OnMissing,
  ) {
    this.#compiler = compiler;
    this.#document = document;
    this.#layout = layout;
    this.#library = library;
    this.#names = new LocaleNames(layout.locales);
    this.#messages = layout.messages && new Messages(layout.messages, compiler.formats);
    this.#around = { onMissing, messages: this.#messages };
  }

  compile(locale: string | undefined): NonNullable<FieldMaker["layout"]> {
    const { email, locales } = this.#layout;
    const { fields, pathOf } = lay(email, "email", this.#names.chain(locale), (name) => locales?.[name]?.email);
    return {
      html: this.#part("html", pathOf("html"), fields.html),
      text: fields.text === undefined ? undefined : this.#part("text", pathOf("text"), fields.text),
    };
  }

  compileAll(): void {
    const [fault] = this.#messages?.faults() ?? [];
    if (fault !== undefined) throw fault;
    for (const locale of [undefined, ...this.#names.names()]) this.compile(locale);
  }

  #part(form: "html" | "text", field: string, source: string): RenderAround {
    const partials = new PartialSet(this.#compiler, (key) => this.#library.partial(key), this.#around);
    let inside = "";
    partials.setContent(form, () => inside);
    const render = this.#compiler.field({ field, document: this.#document }, form, source, partials);
    return (facts, content) => {
      // Handlebars drops the end of a line on which a partial stands alone.
      inside = form === "text" && !content.endsWith("\n") ? `${content}\n` : content;
      try {
        return render(facts);
      } finally {
        inside = "";
      }
    };
  }
}
