import type { TemplateBody } from "@tidings/contract/templates";
import type { Delivery } from "../../domain/delivery.ts";
import type { MessageOrigin } from "../../domain/message.ts";
import { TemplateFault } from "../../domain/template-fault.ts";
import type { Configuration, TemplateParts } from "../../ports/configuration.ts";
import type { RenderedContent } from "../../ports/provider.ts";
import type { CompiledTemplate, TemplateEngine, TemplateFacts } from "../../ports/template-engine.ts";
import type { Tenant, Tenants } from "../../ports/tenants.ts";
import { contentOf } from "./direct-content.ts";
import { LegalTexts } from "./legal-texts.ts";
import type { OptOutLinks } from "./opt-out-links.ts";
import type { Tracking } from "./tracking.ts";

interface RendererParts {
  configuration: Pick<Configuration, "templateVersion" | "policy"> & TemplateParts;
  templates: TemplateEngine;
  tenants: Tenants;
  optOutLinks: Pick<OptOutLinks, "of" | "areSecure" | "confirmUrlOf">;
  tracking: Pick<Tracking, "into">;
}

interface Kept {
  template: TemplateBody;
  compiled: CompiledTemplate;
  /** The layouts and partials that it was compiled with. */
  partsRevision: number;
}

type Maker = (tenant: Tenant | undefined) => RenderedContent;

/** Of a message that belongs to no tenant. */
const noTenant = null;

/**
 * Templates compiled once per version and channel, the longest unused forgotten first. A message takes its template as
 * it was when the message was made, and the layout and partials as they are when it goes out.
 */
export class Renderer {
  readonly #parts: RendererParts;
  readonly #legalTexts: LegalTexts;
  readonly #keptMax: number;
  readonly #kept = new Map<string, Kept>();

  constructor(parts: RendererParts, keptMax: number) {
    this.#parts = parts;
    this.#legalTexts = new LegalTexts(parts);
    this.#keptMax = keptMax;
  }

  /** Content of a message where it can be made at once; undefined where its template or tenant is not in memory, or it fails. */
  renderNow(delivery: Delivery): RenderedContent | undefined {
    try {
      const make = this.#makerNow(delivery);
      const tenant = this.#tenantNow(delivery.origin);
      return make === undefined || tenant === undefined ? undefined : this.#whole(delivery, make, tenant);
    } catch {
      return undefined;
    }
  }

  /** Content of a message; at once where all that it needs is in memory. Throws, or rejects, where it cannot be made. */
  render(delivery: Delivery): RenderedContent | Promise<RenderedContent> {
    const make = this.#makerNow(delivery);
    const tenant = this.#tenantNow(delivery.origin);
    return make === undefined || tenant === undefined ? this.#load(delivery) : this.#whole(delivery, make, tenant);
  }

  async #load(delivery: Delivery): Promise<RenderedContent> {
    const { environmentId, tenant } = delivery.origin;
    const make = this.#makerNow(delivery) ?? (await this.#loadMaker(delivery));
    const loaded = tenant === "" ? noTenant : await this.#parts.tenants.load(environmentId, tenant);
    return this.#whole(delivery, make, loaded);
  }

  #whole(delivery: Delivery, make: Maker, tenant: Tenant | typeof noTenant): RenderedContent {
    const known = tenant ?? undefined;
    return this.#parts.tracking.into(delivery, this.#legalTexts.under(delivery, make(known), known));
  }

  /** What makes the content, before anything legal is put below it; undefined where the template is not in memory. */
  #makerNow(delivery: Delivery): Maker | undefined {
    const { content, origin } = delivery;
    if (content !== undefined) return () => contentOf(content, origin.channel);
    const kept = this.#kept.get(keyOf(origin));
    if (kept === undefined) return undefined;
    const compiled = this.#upToDate(kept, origin);
    return (tenant) => compiled.render(this.#facts(compiled, delivery, tenant));
  }

  /** Its tenant, whose texts a message may have below it; undefined where it is not in memory. */
  #tenantNow({ environmentId, tenant }: MessageOrigin): Tenant | typeof noTenant | undefined {
    return tenant === "" ? noTenant : this.#parts.tenants.peek(environmentId, tenant);
  }

  async #loadMaker(delivery: Delivery): Promise<Maker> {
    const { environmentId, template: name, templateVersion, channel } = delivery.origin;
    const template = await this.#parts.configuration.templateVersion(environmentId, name, templateVersion);
    if (template === undefined) throw new TemplateFault(channel, undefined, `version ${templateVersion} is gone`);
    const compiled = this.#keep(keyOf(delivery.origin), template.document, environmentId, channel);
    return (tenant) => compiled.render(this.#facts(compiled, delivery, tenant));
  }

  #facts(compiled: CompiledTemplate, delivery: Delivery, tenant: Tenant | undefined): TemplateFacts {
    const { id, data, recipient, steps } = delivery;
    const message = { id };
    // A link is signed, which few messages need to wait for.
    if (!compiled.usesOptOut) return { data, recipient, message, steps, tenant };
    const links = this.#parts.optOutLinks;
    const { unsubscribeUrl, preferencesUrl } = links.of(delivery);
    return {
      data,
      recipient,
      message,
      steps,
      tenant,
      unsubscribeUrl,
      preferencesUrl,
      get confirmUrl() {
        return links.confirmUrlOf(delivery);
      },
    };
  }

  #upToDate({ template, compiled, partsRevision }: Kept, origin: MessageOrigin): CompiledTemplate {
    const { environmentId, channel } = origin;
    if (!compiled.usesParts || partsRevision === this.#parts.configuration.partsRevision(environmentId))
      return compiled;
    return this.#keep(keyOf(origin), template, environmentId, channel);
  }

  #keep(key: string, template: TemplateBody, environmentId: number, channel: MessageOrigin["channel"]) {
    const { configuration, templates } = this.#parts;
    const partsRevision = configuration.partsRevision(environmentId);
    const compiled = templates.compile(template, channel, {
      layout: (name) => configuration.layout(environmentId, name)?.document,
      partial: (name) => configuration.partial(environmentId, name)?.document,
    });
    this.#kept.delete(key);
    this.#kept.set(key, { template, compiled, partsRevision });
    if (this.#kept.size > this.#keptMax) {
      const oldest = this.#kept.keys().next().value;
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    return compiled;
  }
}

function keyOf({ environmentId, template, templateVersion, channel }: MessageOrigin): string {
  return `${environmentId}:${template}:${templateVersion}:${channel}`;
}
