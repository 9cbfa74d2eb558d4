import type { categoryBodySchema } from "@tidings/contract/categories";
import type { layoutBodySchema } from "@tidings/contract/layouts";
import type { Health, Readiness } from "@tidings/contract/machines";
import type { partialBodySchema } from "@tidings/contract/partials";
import type { policyBodySchema } from "@tidings/contract/policies";
import type { sourceBodySchema } from "@tidings/contract/sources";
import type { tenantBodySchema } from "@tidings/contract/tenants";
import { operations } from "./operations.ts";
import { ApiKeys } from "./resources/api-keys.ts";
import { Campaigns } from "./resources/campaigns.ts";
import { Configuration } from "./resources/configuration.ts";
import { DeadLetters } from "./resources/dead-letters.ts";
import { Environments } from "./resources/environments.ts";
import { Events } from "./resources/events.ts";
import { Integrations } from "./resources/integrations.ts";
import { Messages } from "./resources/messages.ts";
import { Pauses } from "./resources/pauses.ts";
import { Preferences } from "./resources/preferences.ts";
import { Queues } from "./resources/queues.ts";
import { Recipients } from "./resources/recipients.ts";
import { Replays } from "./resources/replays.ts";
import { Segments } from "./resources/segments.ts";
import { Statistics } from "./resources/statistics.ts";
import { Suppressions } from "./resources/suppressions.ts";
import { Templates } from "./resources/templates.ts";
import { Topics } from "./resources/topics.ts";
import { VersionedConfiguration } from "./resources/versioned-configuration.ts";
import { Webhooks } from "./resources/webhooks.ts";
import { WholeConfiguration } from "./resources/whole-configuration.ts";
import { Workers } from "./resources/workers.ts";
import { Workflows } from "./resources/workflows.ts";
import { type CallOptions, settingsOf, type TidingsOptions } from "./transport/options.ts";
import { Transport } from "./transport/transport.ts";
import type { AnyEvents, EventMap } from "./types/event-map.ts";

export type { ApiKeyView, NewApiKey } from "@tidings/contract/api-keys";
export type { BatchResult } from "@tidings/contract/batch";
export type { CategoryBody } from "@tidings/contract/categories";
export type { ConfigurationCheck, ConfigurationSet, ConfigurationVersion } from "@tidings/contract/configuration";
export type { Data, Json } from "@tidings/contract/data";
export type { DeadLetterView, Replayed } from "@tidings/contract/dead-letters";
export type { ErrorCode, Fault, Problem } from "@tidings/contract/errors";
export type { Accepted, Canceled, DecisionView, EventView, RunView } from "@tidings/contract/events";
export type { InboxTokenView } from "@tidings/contract/inbox-tokens";
export type { MessageView } from "@tidings/contract/messages";
export type { InlineRecipient, RecipientView } from "@tidings/contract/recipients";
export type { TemplateBody } from "@tidings/contract/templates";
export type { TenantBody } from "@tidings/contract/tenants";
export type { WorkflowBody } from "@tidings/contract/workflows";
export * from "./errors.ts";
export type { Page, Pages } from "./pages.ts";
export type { ApiKeyInput } from "./resources/api-keys.ts";
export type { ConfigurationView } from "./resources/configuration.ts";
export type { ReplaySelection } from "./resources/dead-letters.ts";
export type { MessageInput, MessageQuery } from "./resources/messages.ts";
export type { ConfirmationInput, ConsentInput, InboxTokenInput, RecipientInput } from "./resources/recipients.ts";
export type { WebhookDeliveryQuery } from "./resources/webhooks.ts";
export type { DryRunInput } from "./resources/workflows.ts";
export type { Fetch, FetchAnswer, FetchInit } from "./transport/fetch.ts";
export type { CallOptions, SendOptions, TidingsOptions } from "./transport/options.ts";
export type { PageQuery } from "./transport/paging.ts";
export type { DataOf } from "./types/data-of.ts";
export type { AnyEvents, BatchEventInput, EventInput, EventMap, EventsOf } from "./types/event-map.ts";
export type * from "./types/views.ts";

/**
 * A client of one server, to be shared; it needs no closing. `EventTypes` maps names of events to types of their data.
 * @example
 * const tidings = new Tidings<{ "order.shipped": { order: string } }>({ apiKey, baseUrl: "https://tidings.example.com" });
 */
export class Tidings<EventTypes extends EventMap<EventTypes> = AnyEvents> {
  readonly events: Events<EventTypes>;
  readonly messages: Messages;
  readonly recipients: Recipients;
  readonly suppressions: Suppressions;
  readonly workflows: Workflows;
  readonly templates: Templates;
  readonly layouts: VersionedConfiguration<typeof layoutBodySchema>;
  readonly partials: VersionedConfiguration<typeof partialBodySchema>;
  readonly categories: VersionedConfiguration<typeof categoryBodySchema>;
  readonly integrations: Integrations;
  readonly sources: VersionedConfiguration<typeof sourceBodySchema>;
  readonly policies: VersionedConfiguration<typeof policyBodySchema>;
  readonly preferences: Preferences;
  readonly tenants: Configuration<typeof tenantBodySchema>;
  readonly topics: Topics;
  readonly segments: Segments;
  readonly campaigns: Campaigns;
  readonly replays: Replays;
  readonly configuration: WholeConfiguration;
  readonly environments: Environments;
  readonly deadLetters: DeadLetters;
  readonly pauses: Pauses;
  readonly queues: Queues;
  readonly statistics: Statistics;
  readonly workers: Workers;
  readonly apiKeys: ApiKeys;
  readonly webhooks: Webhooks;
  readonly #transport: Transport;
  /** Throws `TidingsInputError` where an option is missing or wrong. */
  constructor(options: TidingsOptions) {
    const transport = new Transport(settingsOf(options));
    this.#transport = transport;
    this.events = new Events(transport);
    this.messages = new Messages(transport);
    this.recipients = new Recipients(transport);
    this.suppressions = new Suppressions(transport);
    this.workflows = new Workflows(transport);
    this.templates = new Templates(transport);
    this.layouts = new VersionedConfiguration(transport, operations.layouts);
    this.partials = new VersionedConfiguration(transport, operations.partials);
    this.categories = new VersionedConfiguration(transport, operations.categories);
    this.integrations = new Integrations(transport);
    this.sources = new VersionedConfiguration(transport, operations.sources);
    this.policies = new VersionedConfiguration(transport, operations.policies);
    this.preferences = new Preferences(transport);
    this.tenants = new Configuration(transport, operations.tenants);
    this.topics = new Topics(transport);
    this.segments = new Segments(transport);
    this.campaigns = new Campaigns(transport);
    this.replays = new Replays(transport);
    this.configuration = new WholeConfiguration(transport);
    this.environments = new Environments(transport);
    this.deadLetters = new DeadLetters(transport);
    this.pauses = new Pauses(transport);
    this.queues = new Queues(transport);
    this.statistics = new Statistics(transport);
    this.workers = new Workers(transport);
    this.apiKeys = new ApiKeys(transport);
    this.webhooks = new Webhooks(transport);
  }

  /**
   * Whether the process is alive. Needs no key.
   * @example
   * const { status } = await tidings.health();
   */
  health(options?: CallOptions): Promise<Health> {
    return this.#transport.call(operations.machines.health, {}, options);
  }

  /**
   * Whether the server can do its work, check by check. That it cannot is an answer, and no error.
   * @example
   * const { status, checks } = await tidings.readiness();
   */
  readiness(options?: CallOptions): Promise<Readiness> {
    return this.#transport.call(operations.machines.readiness, {}, options);
  }
}
