import type { TemplateBody } from "@tidings/contract/templates";
import type { Channel } from "@tidings/contract/words";
import type { RenderedContent } from "./provider.ts";

/** What a template may read. */
export interface TemplateFacts {
  data: Record<string, unknown>;
  recipient: {
    id: string;
    locale?: string | undefined;
    timeZone?: string | undefined;
    attributes: Record<string, unknown>;
  };
  message: { id: string };
  tenant: string | undefined;
}

/** A template that was compiled once. Rendering is pure; it throws a TemplateFault where it cannot. */
export type CompiledTemplate = (facts: TemplateFacts) => RenderedContent;

export interface TemplateEngine {
  /** Throws a TemplateFault that names field and line where the source is broken. */
  compile(template: TemplateBody, channel: Channel): CompiledTemplate;
}
