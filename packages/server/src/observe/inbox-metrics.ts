import { Gauge, type Registry } from "prom-client";
import type { InboxConnections } from "../domain/inbox.ts";

/** What is counted about pages that watch an inbox. */
export class InboxMetrics {
  readonly #connections: Gauge;

  constructor(registry: Registry) {
    this.#connections = new Gauge({
      name: "tidings_inbox_connections",
      help: "Open connections of pages that watch an inbox; a page that polls has none",
      labelNames: ["transport"],
      registers: [registry],
    });
  }

  show({ websocket, sse }: InboxConnections): void {
    this.#connections.set({ transport: "websocket" }, websocket);
    this.#connections.set({ transport: "sse" }, sse);
  }
}
