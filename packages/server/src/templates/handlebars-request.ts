import type { FetchRequest } from "@tidings/contract/workflows";
import { TemplateFault } from "../domain/template-fault.ts";
import type { CompiledRequest, RequestFacts, RequestTemplates } from "../ports/request-templates.ts";
import { FieldCompiler, type Form, type Partials, type RenderField } from "./field-compiler.ts";
import { childrenOf, type Node, type Refuse } from "./handlebars-tree.ts";
import { defaultTemplateLimits, type TemplateLimits } from "./limits.ts";

/** What is beyond Latin-1 has no form in a header (RFC 9110 §5.5). */
const notInHeader = /[^\t\u0020-\u007e\u0080-\u00ff]/;

/** A path segment that means the one above, encoded or not (WHATWG URL, "double-dot URL path segment"). */
const dotSegment = /^(?:\.|%2e){1,2}$/i;

const noPartials: Partials = {
  functions: {},
  around: { onMissing: undefined, messages: undefined },
  hasMessage: () => false,
  resolve: (program, _form, refuse) => refusePartials(program, refuse),
};

/**
 * Handlebars for the requests of fetch steps, by the rules of templates. Values are percent-encoded in the URL, escaped in
 * the JSON body, and refused in a header where they do not fit one line.
 */
export class HandlebarsRequests implements RequestTemplates {
  readonly #compiler: FieldCompiler;

  constructor(limits: Partial<TemplateLimits> = {}) {
    this.#compiler = new FieldCompiler({ ...defaultTemplateLimits, ...limits });
  }

  compile({ url, headers = {}, body }: FetchRequest): CompiledRequest {
    const renderUrl = this.#field("url", "url", url, (output) =>
      leavesPath(output) ? "leads out of its path" : undefined,
    );
    const renderBody = body === undefined ? undefined : this.#field("body", "json", body);
    const renderHeaders = Object.entries(headers).map(([name, source]) => {
      const render = this.#field(`headers.${name}`, "line", source, (output) =>
        notInHeader.test(output) ? "has characters that a header cannot carry" : undefined,
      );
      return [name.toLowerCase(), render] as const;
    });
    return (facts) => {
      const own = Object.fromEntries(renderHeaders.map(([name, render]) => [name, render(facts)]));
      const type = renderBody === undefined ? {} : { "content-type": "application/json" };
      return { url: renderUrl(facts), headers: { ...type, ...own }, body: renderBody?.(facts) };
    };
  }

  #field(
    field: string,
    form: Form,
    source: string,
    faultOf: (output: string) => string | undefined = () => undefined,
  ): RenderField<RequestFacts> {
    const render = this.#compiler.field<RequestFacts>({ field }, form, source, noPartials);
    return (facts) => {
      const output = render(facts);
      const why = faultOf(output);
      if (why !== undefined) throw new TemplateFault(field, undefined, why);
      return output;
    };
  }
}

function refusePartials(node: Node, refuse: Refuse): void {
  if (node.type === "PartialStatement") refuse(node.loc?.start.line, "partials are not allowed here");
  for (const child of childrenOf(node)) refusePartials(child, refuse);
}

function leavesPath(url: string): boolean {
  const path = url.replace(/^https?:\/\/[^/?#]*/, "").split(/[?#]/)[0] ?? "";
  return path.split(/[/\\]/).some((segment) => dotSegment.test(segment));
}
