import { contentPartial, type PartialBody } from "@tidings/contract/partials";
import type { FieldCompiler, Form, Partials } from "./field-compiler.ts";
import type { RunTemplate } from "./handlebars-environment.ts";
import { childrenOf, type Node, type Refuse } from "./handlebars-rules.ts";

/** Two ways in which a partial is taken in. */
type PartForm = "html" | "text";

/**
 * The partials of one compiled template, each compiled once per form. Inside the trees they are named `html:key` and `text:key`.
 */
export class PartialSet implements Partials {
  readonly functions: Record<string, RunTemplate> = {};
  readonly #compiler: FieldCompiler;
  readonly #find: (key: string) => PartialBody | undefined;
  /** Keys that are being compiled: what takes itself in comes here twice. */
  readonly #open: string[];

  /** `open` are the keys of partials that are compiled around it. */
  constructor(compiler: FieldCompiler, find: (key: string) => PartialBody | undefined, open: readonly string[] = []) {
    this.#compiler = compiler;
    this.#find = find;
    this.#open = [...open];
  }

  /** Throws a TemplateFault for the first fault of a partial's source. */
  check(form: PartForm, source: string): void {
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
      this.functions[name] = this.#bounded(this.#runOf(key, form, partial, refuse));
    } finally {
      this.#open.pop();
    }
  }

  #runOf(key: string, form: PartForm, { html, text }: PartialBody, refuse: (why: string) => never): RunTemplate {
    const run = (field: PartForm, source: string) =>
      this.#compiler.run({ field, document: `partial ${key}` }, field, source, this);
    if (form === "html") return html === undefined ? refuse(`the partial ${key} has no html`) : run("html", html);
    if (text !== undefined) return run("text", text);
    return refuse(`the partial ${key} has no text`);
  }

  #bounded(run: RunTemplate): RunTemplate {
    const { countPass, checkLength } = this.#compiler.environment;
    return (context, options) => {
      countPass();
      const output = run(context, options);
      checkLength(output);
      return output;
    };
  }
}

function isPartial(node: Node): node is hbs.AST.PartialStatement {
  return node.type === "PartialStatement";
}
