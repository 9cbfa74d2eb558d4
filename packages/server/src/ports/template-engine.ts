import type { LayoutBody } from "@tidings/contract/layouts";
import type { PartialBody } from "@tidings/contract/partials";
import type { TemplateBody } from "@tidings/contract/templates";
import type { Channel } from "@tidings/contract/words";
import type { Json } from "../domain/steps/step-kind.ts";
import type { TemplateFault } from "../domain/template-fault.ts";
import type { RenderedContent } from "./provider.ts";
import type { Tenant } from "./tenants.ts";

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
  /** Results of the run's earlier steps, by step. */
  steps?: Readonly<Record<string, Json>> | undefined;
  tenant: Tenant | undefined;
  /** Where one click ends mails of this category; undefined where nothing can be left, as of what is critical. */
  unsubscribeUrl?: string | undefined;
  /** Where the recipient chooses what they get. */
  preferencesUrl?: string | undefined;
  /** Where the recipient confirms a consent. */
  confirmUrl?: string | undefined;
  /** The locale that the template has for the recipient; the engine sets it. */
  locale?: string | undefined;
}

/** Where a template's layout and partials are looked for when it is compiled. */
export interface TemplateLibrary {
  layout(key: string): LayoutBody | undefined;
  partial(key: string): PartialBody | undefined;
}

/** A template that was compiled once, for one channel and all its locales. */
export interface CompiledTemplate {
  /** Pure and synchronous; throws a TemplateFault where it cannot. */
  render(facts: TemplateFacts): RenderedContent;
  /** It holds a layout or partials as they were: where those change, it has to be compiled again. */
  readonly usesParts: boolean;
  /** It reads one of the links by which a recipient says yes or no. */
  readonly usesOptOut: boolean;
}

export interface TemplateEngine {
  /** Throws a TemplateFault that names field and line where a source is broken, or a layout or partial is not there. */
  compile(template: TemplateBody, channel: Channel, library: TemplateLibrary): CompiledTemplate;
}

/** A template rendered to be looked at. */
export interface TemplatePreviewer {
  /** Throws a TemplateFault. `missing` are variables that are shown and not there, whatever the template says about that. */
  preview(
    template: TemplateBody,
    channel: Channel,
    library: TemplateLibrary,
    facts: TemplateFacts,
  ): { content: RenderedContent; missing: TemplateFault[] };
}

/** What is wrong with documents before they are written: a template in all its channels and locales. */
export interface TemplateRules {
  templateFaults(template: TemplateBody, library: TemplateLibrary): TemplateFault[];
  layoutFaults(layout: LayoutBody, library: TemplateLibrary): TemplateFault[];
  partialFaults(key: string, partial: PartialBody, library: TemplateLibrary): TemplateFault[];
}
