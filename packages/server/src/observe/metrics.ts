import { type Channel, type Lane, lanes } from "@tidings/contract/words";
import type { WorkerReplica } from "@tidings/contract/workers";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { InboxConnections } from "../domain/inbox.ts";
import type { QueueDepth } from "../ports/store/maintenance.ts";
import { CellCounter, CellHistogram, type CounterCell, type HistogramCell } from "./cells.ts";
import { FetchMetrics } from "./fetch-metrics.ts";
import { guardMetrics } from "./guard-metrics.ts";
import { InboundMailMetrics } from "./inbound-mail-metrics.ts";
import { InboxMetrics } from "./inbox-metrics.ts";
import { ReplicaMetrics } from "./replica-metrics.ts";
import { runawayMetrics } from "./runaway-metrics.ts";
import { SourceMetrics } from "./source-metrics.ts";
import { SpanMetrics } from "./span-metrics.ts";
import { TemplateMetrics } from "./template-metrics.ts";
import { VisitMetrics } from "./visit-metrics.ts";
import { WebhookMetrics } from "./webhook-metrics.ts";

/**
 * `accept`: from a request's arrival to its durable 202. `orchestrate`: from an event's due time to its commit as
 * messages. `accept_to_provider`: from an event's receipt to the provider's answer to the first attempt.
 */
export type Stage = "accept" | "orchestrate" | "accept_to_provider";

export type DeliveryOutcome =
  | "accepted"
  | "rejected_transient"
  | "rejected_permanent"
  | "unknown"
  | "suppressed"
  | "expired";

/** What is counted about the messages of one channel, lane and provider. */
export type DeliveryMetrics = Readonly<Record<DeliveryOutcome, CounterCell>>;

export interface MetricsSources {
  /** Due work, asked for at each scrape. */
  queueDepths(): Promise<readonly QueueDepth[]>;
  /** Messages STARTED and not settled. */
  inFlight(): number;
  /** Templates that fail as they are in force. */
  failingTemplates(): number;
  inboxConnections(): InboxConnections;
  /** Milliseconds since 1970. */
  now(): number;
}

const secondBounds = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600,
];
const rowBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

/** All metrics of the process, in one registry of its own. Labels are closed lists and names of integrations' providers. */
export class Metrics {
  readonly accepted: Readonly<Record<Lane, CounterCell>>;
  readonly stages: Readonly<Record<Stage, Readonly<Record<Lane, HistogramCell>>>>;
  readonly storeTurnSeconds: HistogramCell;
  readonly storeTurnRows: HistogramCell;
  readonly contentType: string;
  readonly #registry = new Registry();
  readonly fetch = new FetchMetrics(this.#registry, secondBounds);
  readonly webhooks = new WebhookMetrics(this.#registry, secondBounds);
  readonly guard = guardMetrics(this.#registry);
  readonly runaways = runawayMetrics(this.#registry);
  readonly templates = new TemplateMetrics(this.#registry);
  readonly sources = new SourceMetrics(this.#registry);
  readonly visits = new VisitMetrics(this.#registry);
  readonly inboundMails = new InboundMailMetrics(this.#registry);
  readonly #inbox = new InboxMetrics(this.#registry);
  readonly #sources: MetricsSources;
  readonly #messages: CellCounter;
  readonly #calls: CellHistogram;
  readonly #deliveryCells = new Map<string, Map<Channel, Record<Lane, DeliveryMetrics>>>();
  readonly #callCells = new Map<string, Map<Channel, HistogramCell>>();
  readonly #depth: Gauge;
  readonly #age: Gauge;
  readonly #inFlight: Gauge;
  readonly #scrapeFaults: Counter;

  constructor(sources: MetricsSources, options: { process: boolean }) {
    const registry = this.#registry;
    const registers = [registry];
    const labelNames = ["queue", "lane", "channel"];
    this.#sources = sources;
    this.contentType = registry.contentType;
    const accepted = new CellCounter(registry, "tidings_events_accepted_total", "Events that got a 202", ["lane"]);
    this.accepted = byLane((lane) => accepted.cell({ lane }));
    const stage = new CellHistogram(
      registry,
      "tidings_stage_seconds",
      "Time that a stage took",
      ["stage", "lane"],
      secondBounds,
    );
    const ofStage = (name: Stage) => byLane((lane) => stage.cell({ stage: name, lane }));
    this.stages = {
      accept: ofStage("accept"),
      orchestrate: ofStage("orchestrate"),
      accept_to_provider: ofStage("accept_to_provider"),
    };
    this.#messages = new CellCounter(registry, "tidings_messages_total", "Outcomes of messages' attempts", [
      "channel",
      "lane",
      "provider",
      "outcome",
    ]);
    this.#calls = new CellHistogram(
      registry,
      "tidings_provider_call_seconds",
      "Time of calls to providers",
      ["provider", "channel"],
      secondBounds,
    );
    this.#depth = new Gauge({
      name: "tidings_queue_depth",
      help: "Items due, counted up to a bound",
      labelNames,
      registers,
    });
    this.#age = new Gauge({
      name: "tidings_queue_age_seconds",
      help: "How long the oldest item has been due",
      labelNames,
      registers,
    });
    this.#inFlight = new Gauge({ name: "tidings_in_flight", help: "Messages started and not settled", registers });
    this.#scrapeFaults = new Counter({
      name: "tidings_scrape_faults_total",
      help: "Scrapes without queue gauges, as the store did not answer",
      registers,
    });
    const turns = new CellHistogram(
      registry,
      "tidings_store_turn_seconds",
      "Time of the store's group commits",
      [],
      secondBounds,
    );
    this.storeTurnSeconds = turns.cell({});
    const rows = new CellHistogram(
      registry,
      "tidings_store_turn_rows",
      "Calls or rows of the store's group commits",
      [],
      rowBounds,
    );
    this.storeTurnRows = rows.cell({});
    if (options.process) collectDefaultMetrics({ register: registry });
  }

  /** Figures of tracing, which are there where it is on. To be asked for once. */
  spans(): SpanMetrics {
    return new SpanMetrics(this.#registry);
  }

  /** Figures of reads from a replica, where there is one. To be asked for once. */
  replica(standOf: () => WorkerReplica): ReplicaMetrics {
    return new ReplicaMetrics(this.#registry, standOf);
  }

  delivery(channel: Channel, lane: Lane, provider: string): DeliveryMetrics {
    // Nested, as a joined key would be built and hashed anew for every message.
    const byChannel = keep(this.#deliveryCells, provider, () => new Map<Channel, Record<Lane, DeliveryMetrics>>());
    return keep(byChannel, channel, () => byLane((each) => this.#newDelivery(channel, each, provider)))[lane];
  }

  /** Times of the calls to one provider, in seconds. */
  providerCall(provider: string, channel: Channel): HistogramCell {
    const byChannel = keep(this.#callCells, provider, () => new Map<Channel, HistogramCell>());
    return keep(byChannel, channel, () => this.#calls.cell({ provider, channel }));
  }

  #newDelivery(channel: Channel, lane: Lane, provider: string): DeliveryMetrics {
    const cell = (outcome: DeliveryOutcome) => this.#messages.cell({ channel, lane, provider, outcome });
    return {
      accepted: cell("accepted"),
      rejected_transient: cell("rejected_transient"),
      rejected_permanent: cell("rejected_permanent"),
      unknown: cell("unknown"),
      suppressed: cell("suppressed"),
      expired: cell("expired"),
    };
  }

  /** The answer to a scrape. Where the store does not answer, the queue gauges are missing and the rest is there. */
  async text(): Promise<string> {
    this.#inFlight.set(this.#sources.inFlight());
    this.templates.show(this.#sources.failingTemplates());
    this.#inbox.show(this.#sources.inboxConnections());
    try {
      this.#showQueues(await this.#sources.queueDepths());
    } catch {
      this.#showQueues([]);
      this.#scrapeFaults.inc();
    }
    return this.#registry.metrics();
  }

  #showQueues(depths: readonly QueueDepth[]): void {
    const now = this.#sources.now();
    this.#depth.reset();
    this.#age.reset();
    for (const { queue, lane, channel, due, oldestDueAt } of depths) {
      const labels = { queue, lane, channel: channel ?? "" };
      this.#depth.set(labels, due);
      this.#age.set(labels, oldestDueAt === undefined ? 0 : Math.max(0, now - oldestDueAt) / 1000);
    }
  }
}

function byLane<Cell>(make: (lane: Lane) => Cell): Record<Lane, Cell> {
  const [critical, transactional, marketing] = lanes;
  return { critical: make(critical), transactional: make(transactional), marketing: make(marketing) };
}

function keep<Key, Kept>(kept: Map<Key, Kept>, key: Key, make: () => Kept): Kept {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make();
  kept.set(key, made);
  return made;
}
