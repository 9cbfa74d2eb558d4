import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent, request } from "undici";
import { z } from "zod";
import { bodyOf } from "./body-of.ts";
import { pause } from "./pause.ts";

const callSchema = z.object({ id: z.string() });
const reportEveryMs = 20;
export const reportToken = "what-the-vendor-shows-0123456789";

/** A mail vendor that reports each message as delivered, and every so-many-th as a complaint too, a moment after it took it. */
export class ReportingVendor {
  /** Messages by account, in the order in which they came. */
  readonly taken: Record<string, string[]> = {};
  /** Of the account's messages every so-many-th complains. */
  readonly #complainsEach: Record<string, number>;
  readonly #server = createServer((call, response) => {
    void bodyOf(call).then((body) => {
      const { id } = callSchema.parse(JSON.parse(body));
      this.#take(call.url?.slice(1) ?? "", id);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  readonly #agent = new Agent();
  #open: { account: string; type: string; id: string }[] = [];
  #stopped = false;
  #reporting: Promise<void> | undefined;

  constructor(complainsEach: Record<string, number>) {
    this.#complainsEach = complainsEach;
  }

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Body of an integration that goes by an account of it. */
  integration(baseUrl: string, account: string, more: object): object {
    return {
      channel: "email",
      provider: "http",
      settings: {
        baseUrl,
        request: { path: `/${account}`, body: { id: { $: "message.id" } } },
        webhook: {
          signature: { type: "token", header: "X-Token" },
          events: "events",
          kind: { path: "type", table: { delivered: "delivered", complained: "complained" } },
          messageId: "id",
        },
      },
      secrets: { webhookSecret: reportToken },
      ...more,
    };
  }

  /** From now on it reports to a server, under the accounts' names as integrations. */
  reportTo(url: string): void {
    this.#reporting = (async () => {
      while (!this.#stopped) {
        const events = this.#open;
        this.#open = [];
        for (const account of new Set(events.map((event) => event.account)))
          await this.#report(
            `${url}/v1/feedback/${account}?environment=development`,
            events.filter((event) => event.account === account),
          );
        await pause(reportEveryMs);
      }
    })();
  }

  async close(): Promise<void> {
    this.#stopped = true;
    await this.#reporting;
    await this.#agent.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(account: string, id: string): void {
    const ids = this.taken[account] ?? [];
    this.taken[account] = ids;
    ids.push(id);
    this.#open.push({ account, type: "delivered", id });
    const each = this.#complainsEach[account];
    if (each !== undefined && ids.length % each === 0) this.#open.push({ account, type: "complained", id });
  }

  async #report(url: string, events: readonly object[]): Promise<void> {
    const headers = { "content-type": "application/json", "x-token": reportToken };
    const body = JSON.stringify({ events });
    const answer = await request(url, { method: "POST", headers, body, dispatcher: this.#agent });
    const said = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`reports were refused: ${answer.statusCode} ${said}`);
  }
}
