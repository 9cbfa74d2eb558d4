import { contentPartial, type PartialBody } from "@tidings/contract/partials";
import { textOfHtml } from "../lib/html-text.ts";
import { type FieldCompiler, type Form, faultAt, type Partials } from "./field-compiler.ts";
import type { RunTemplate } from "./handlebars-environment.ts";
import type { HasMessage } from "./handlebars-rules.ts";
import { childrenOf, type Node, type Refuse } from "./handlebars-tree.ts";
import { type FieldPlace, RenderLimit, type Surroundings } from "./rendering.ts";

/** Two ways in which a partial is taken in; a text without one of its own is made from the HTML. */
type PartForm = "html" | "text";

/**
 * The partials of one compiled template, each compiled once per form. Inside the trees they are named `html:key` and
 * `text:key`, as a text may take in what was made from HTML with partials of its own.
 */
export class PartialSet implements Partials {
  readonly functions: Record<string, RunTemplate> = {};
  readonly around: Surroundings;
  readonly #compiler: FieldCompiler;
  readonly #find: (key: string) => PartialBody | undefined;
  /** Keys that are being compiled: what takes itself in comes here twice. */
  readonly #open: string[];
  #isAlone = false;

  /** `open` are the keys of partials that are compiled around it. */
  constructor(
    compiler: FieldCompiler,
    find: (key: string) => PartialBody | undefined,
    around: Surroundings,
    open: readonly string[] = [],
  ) {
    this.#compiler = compiler;
    this.#find = find;
    this.around = around;
    this.#open = [...open];
  }

  /** A partial that is checked for itself does not know the messages of who takes it in. */
  get hasMessage(): HasMessage {
    const { messages } = this.around;
    return this.#isAlone ? undefined : (name) => messages?.has(name) ?? false;
  }

  /** Throws a TemplateFault for the first fault of a partial's source. */
  check(form: PartForm, source: string): void {
    this.#isAlone = true;
    this.#compiler.run({ field: form }, form, source, this);
  }

  /** What a layout takes in by `{{> content}}`, until it is set anew. */
  setContent(form: PartForm, content: () => string): void {
    this.functions[`${form}:${contentPartial}`] = content;
  }

  resolve(node: Node, form: Form, refuse: Refuse): void {
    if (isPartial(node)) {
      const line = node.loc.start.line;
      if (form !== "html" && form !== "text") refuse(line, "partials stand in text and html only");
      const partForm: PartForm = form === "html" ? "html" : "text";
      const key = node.name.type === "PathExpression" ? node.name.original : undefined;
      if (key === undefined) refuse(line, "a partial must be named as it is");
      else this.#compile(key, partForm, (why) => refuse(line, why));
      Object.assign(node.name, { original: `${partForm}:${key}` });
    }
    for (const child of childrenOf(node)) this.resolve(child, form, refuse);
  }

  #compile(key: string, form: PartForm, refuse: (why: string) => never): void {
    const name = `${form}:${key}`;
    if (this.functions[name] !== undefined) return;
    if (key === contentPartial) refuse("'content' stands in a layout only");
    if (this.#open.includes(key)) refuse(`the partial ${key} takes itself in`);
    if (this.#open.length >= this.#compiler.limits.partialDepthMax) refuse("partials take each other in too deep");
    const partial = this.#find(key) ?? refuse(`there is no partial ${key}`);
    this.#open.push(key);
    try {
      this.functions[name] = this.#runOf(key, form, partial, refuse);
    } finally {
      this.#open.pop();
    }
  }

  #runOf(key: string, form: PartForm, { html, text }: PartialBody, refuse: (why: string) => never): RunTemplate {
    const run = (field: PartForm, source: string) => {
      const place = { field, document: `partial ${key}` };
      return this.#bounded(place, this.#compiler.run(place, field, source, this));
    };
    if (form === "text" && text !== undefined) return run("text", text);
    if (html === undefined) return refuse(`the partial ${key} has no html`);
    const render = run("html", html);
    return form === "html" ? render : (context, options) => `${textOfHtml(render(context, options))}\n`;
  }

  #bounded(place: FieldPlace, run: RunTemplate): RunTemplate {
    const { rendering } = this.#compiler;
    return (context, options) => {
      rendering.countPass();
      rendering.checkTime();
      try {
        const output = run(context, options);
        rendering.checkLength(output);
        return output;
      } catch (error) {
        throw error instanceof RenderLimit ? error : faultAt(error, place);
      }
    };
  }
}

function isPartial(node: Node): node is hbs.AST.PartialStatement {
  return node.type === "PartialStatement";
}
