import type { TemplateBody } from "@tidings/contract/templates";
import type { Channel } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import type { MessageOrigin } from "../../domain/message.ts";
import type { Configuration } from "../../ports/configuration.ts";
import type { RenderedContent } from "../../ports/provider.ts";
import type { CompiledTemplate, TemplateEngine } from "../../ports/template-engine.ts";

/** Templates compiled once per version and channel, the longest unused forgotten first. */
export class Renderer {
  readonly #configuration: Configuration;
  readonly #engine: TemplateEngine;
  readonly #compiledMax: number;
  readonly #compiled = new Map<string, CompiledTemplate>();

  constructor(configuration: Configuration, engine: TemplateEngine, compiledMax: number) {
    this.#configuration = configuration;
    this.#engine = engine;
    this.#compiledMax = compiledMax;
  }

  /** Content of a message where it can be made at once; undefined where its template is not compiled yet, or fails. */
  renderNow(delivery: Delivery): RenderedContent | undefined {
    if (delivery.content !== undefined) return ready(delivery.content);
    const compiled = this.#compiled.get(keyOf(delivery.origin));
    try {
      return compiled?.(factsOf(delivery));
    } catch {
      return undefined;
    }
  }

  /** Content of a message; at once where its template is compiled already. Throws, or rejects, where it cannot be made. */
  render(delivery: Delivery): RenderedContent | Promise<RenderedContent> {
    if (delivery.content !== undefined) return ready(delivery.content);
    const key = keyOf(delivery.origin);
    const compiled = this.#compiled.get(key);
    return compiled === undefined ? this.#load(key, delivery) : compiled(factsOf(delivery));
  }

  async #load(key: string, delivery: Delivery): Promise<RenderedContent> {
    const { environmentId, template: name, templateVersion, channel } = delivery.origin;
    const template = await this.#configuration.templateVersion(environmentId, name, templateVersion);
    if (template === undefined) throw new Error(`template ${name} version ${templateVersion} is gone`);
    return this.#compile(key, template.document, channel)(factsOf(delivery));
  }

  #compile(key: string, template: TemplateBody, channel: Channel): CompiledTemplate {
    const compiled = this.#engine.compile(template, channel);
    if (this.#compiled.size >= this.#compiledMax) {
      const oldest = this.#compiled.keys().next().value;
      if (oldest !== undefined) this.#compiled.delete(oldest);
    }
    this.#compiled.set(key, compiled);
    return compiled;
  }
}

function keyOf({ environmentId, template, templateVersion, channel }: MessageOrigin): string {
  return `${environmentId}:${template}:${templateVersion}:${channel}`;
}

function factsOf(delivery: Delivery) {
  return {
    data: delivery.data,
    recipient: delivery.recipient,
    message: { id: delivery.id },
    tenant: delivery.origin.tenant === "" ? undefined : delivery.origin.tenant,
  };
}

function ready(content: NonNullable<Delivery["content"]>): RenderedContent {
  const { subject, text, html, body } = content;
  return {
    ...(subject === undefined ? {} : { subject }),
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}
