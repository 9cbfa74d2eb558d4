import type { RenderedContent } from "../ports/provider.ts";
import type { TemplateFacts } from "../ports/template-engine.ts";
import type { Form, RenderField } from "./field-compiler.ts";
import type { TemplateLimits } from "./limits.ts";
import type { FieldPlace } from "./rendering.ts";

/** Sets what a field of a message becomes. */
export type Step = (facts: TemplateFacts, content: RenderedContent) => void;

/** A layout's part around a template's own, which was rendered before. */
export type RenderAround = (facts: TemplateFacts, content: string) => string;

/** What the fields of a channel are compiled with. */
export interface FieldMaker {
  /** Locales whose fields lie over the default ones, least specific first. */
  chain: readonly string[];
  layout: { html: RenderAround; text: RenderAround | undefined } | undefined;
  field(place: FieldPlace, form: Form, source: string): RenderField;
  limits: Pick<TemplateLimits, "attachmentBytesMax" | "attachmentsBytesMax">;
}
