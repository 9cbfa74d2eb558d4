import type { LayoutBody } from "@tidings/contract/layouts";
import type { TemplateLibrary } from "../ports/template-engine.ts";
import type { FieldCompiler } from "./field-compiler.ts";
import type { FieldMaker, RenderAround } from "./field-maker.ts";
import { LocaleNames, lay } from "./locales.ts";
import { PartialSet } from "./partial-set.ts";

/** A layout in all its locales. `document` names it in faults; undefined where it is checked for itself. */
export class LayoutCompiler {
  readonly #compiler: FieldCompiler;
  readonly #document: string | undefined;
  readonly #layout: LayoutBody;
  readonly #library: TemplateLibrary;
  readonly #names: LocaleNames;

  constructor(compiler: FieldCompiler, document: string | undefined, layout: LayoutBody, library: TemplateLibrary) {
    this.#compiler = compiler;
    this.#document = document;
    this.#layout = layout;
    this.#library = library;
    this.#names = new LocaleNames(layout.locales);
  }

  compile(locale: string | undefined): NonNullable<FieldMaker["layout"]> {
    const { email, locales } = this.#layout;
    const { fields, pathOf } = lay(email, "email", this.#names.chain(locale), (name) => locales?.[name]?.email);
    return {
      html: this.#around("html", pathOf("html"), fields.html),
      text: fields.text === undefined ? undefined : this.#around("text", pathOf("text"), fields.text),
    };
  }

  compileAll(): void {
    for (const locale of [undefined, ...this.#names.names()]) this.compile(locale);
  }

  #around(form: "html" | "text", field: string, source: string): RenderAround {
    const partials = new PartialSet(this.#compiler, (key) => this.#library.partial(key));
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
