import { Counter, Gauge, type Registry } from "prom-client";
import {
  type InboundResult,
  type InboundWay,
  inboundResults,
  inboundWays,
} from "../domain/inbound-mail/inbound-result.ts";
import { CellCounter, type CounterCell } from "./cells.ts";

/** What is counted about bounces and reports that come by mail. */
export class InboundMailMetrics {
  readonly #readAt: Gauge;
  readonly #faults: Counter;
  readonly #cells = new Map<InboundWay, Map<InboundResult, CounterCell>>();

  constructor(registry: Registry) {
    const counter = new CellCounter(
      registry,
      "tidings_inbound_mails_total",
      "Mails that came in, by what they came to",
      ["way", "result"],
    );
    const labelNames = ["integration"];
    const registers = [registry];
    this.#readAt = new Gauge({
      name: "tidings_inbound_mailbox_read_seconds",
      help: "When the mailbox of an integration was read to its end last, seconds since 1970",
      labelNames,
      registers,
    });
    this.#faults = new Counter({
      name: "tidings_inbound_mailbox_faults_total",
      help: "Times at which the mailbox of an integration could not be read",
      labelNames,
      registers,
    });
    for (const way of inboundWays) {
      this.#cells.set(way, new Map(inboundResults.map((result) => [result, counter.cell({ way, result })])));
    }
  }

  count(way: InboundWay, result: InboundResult): void {
    this.#cells.get(way)?.get(result)?.inc(1);
  }

  /** A mailbox was read to its end, or could not be. `readAt` in ms. */
  mailboxRead(integration: string, readAt: number | undefined, isRead: boolean): void {
    if (readAt !== undefined) this.#readAt.set({ integration }, readAt / 1000);
    if (!isRead) this.#faults.inc({ integration });
  }
}
