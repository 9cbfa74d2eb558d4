import type { Clock } from "../ports/clock.ts";
import type { IntegrationConfiguration } from "../ports/configuration.ts";
import type { Inbox } from "../ports/inbox.ts";
import type {
  Feedback,
  Mailbox,
  OutboundHttp,
  Provider,
  ProviderDefinition,
  ProviderEnvironment,
} from "../ports/provider.ts";
import type { Random } from "../ports/random.ts";
import { providers } from "../providers/registry.ts";

interface Parts {
  clock: Clock;
  random: Random;
  http: OutboundHttp;
  http2: OutboundHttp;
  resolve: NonNullable<ProviderEnvironment["resolve"]>;
  mailbox: Mailbox;
  inbox: Inbox;
  hash: (environmentId: number, ...parts: string[]) => string;
  feedbackUrlOf: (environmentId: number, integration: string) => string | undefined;
  report: (environmentId: number, feedback: readonly Feedback[]) => Promise<unknown>;
  onFault: (integration: string, error: unknown) => void;
}

interface Entry {
  version: number;
  provider: Provider | undefined;
}

/** One provider per version of an integration; that of an older version is closed once its calls have ended. */
export class ProviderPool {
  readonly #parts: Parts;
  readonly #entries = new Map<string, Entry>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  providerOf(integration: IntegrationConfiguration): Provider | undefined {
    const key = `${integration.environmentId}:${integration.key}`;
    const known = this.#entries.get(key);
    if (known !== undefined && known.version === integration.version) return known.provider;
    const provider = this.#create(integration);
    this.#entries.set(key, { version: integration.version, provider });
    if (known?.provider !== undefined) this.#close(integration.key, known.provider);
    return provider;
  }

  async close(): Promise<void> {
    const open = [...this.#entries.values()].flatMap(({ provider }) => provider ?? []);
    this.#entries.clear();
    await Promise.allSettled(open.map((provider) => provider.close()));
  }

  #create(integration: IntegrationConfiguration): Provider | undefined {
    const definition = definitionOf(integration);
    if (definition === undefined) return undefined;
    const { clock, random, http, http2, resolve, mailbox, inbox, hash, report, feedbackUrlOf } = this.#parts;
    try {
      return definition.create(settingsOf(definition, integration), {
        environmentId: integration.environmentId,
        integration: integration.key,
        clock,
        random,
        http,
        http2,
        resolve,
        mailbox,
        inbox,
        feedbackUrl: feedbackUrlOf(integration.environmentId, integration.key),
        hash: (...parts) => hash(integration.environmentId, ...parts),
        report: async (feedback) => void (await report(integration.environmentId, feedback)),
      });
    } catch (error) {
      this.#parts.onFault(integration.key, error);
      return undefined;
    }
  }

  #close(integration: string, provider: Provider): void {
    provider.close().catch((error: unknown) => this.#parts.onFault(integration, error));
  }
}

export function definitionOf(integration: IntegrationConfiguration): ProviderDefinition | undefined {
  return providers.get(integration.document.provider);
}

/** Settings and secrets as the provider's schema wants them: in one object. Throws where they do not fit it any more. */
export function settingsOf(definition: ProviderDefinition, integration: IntegrationConfiguration): unknown {
  return definition.schema.parse({ ...integration.document.settings, ...integration.secrets });
}
