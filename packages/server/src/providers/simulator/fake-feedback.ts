import { Pool } from "undici";
import type { Feedback } from "../../ports/provider.ts";
import { signatureHeader, signFeedback, timestampHeader } from "./feedback.ts";
import type { Verdict } from "./vendor.ts";

const tickMs = 10;
const reportsPerPostMax = 500;
const waitingMax = 1_000_000;
const postsMax = 10;
const retryDelayMs = 200;

/** Posts signed reports when they are due, and again where they were not taken, as vendors do. */
export class FakeFeedback {
  readonly #url: URL;
  readonly #secret: string;
  readonly #pool: Pool;
  /** Reports by the tick in which they are due. */
  readonly #due = new Map<number, Feedback[]>();
  readonly #timer: NodeJS.Timeout;
  #waiting = 0;
  #closed = false;

  constructor(url: string, secret: string) {
    this.#url = new URL(url);
    this.#secret = secret;
    this.#pool = new Pool(this.#url.origin, { connections: 4 });
    this.#timer = setInterval(() => this.#postDue(), tickMs);
    this.#timer.unref();
  }

  add(reports: Verdict["feedback"]): void {
    const now = Date.now();
    for (const { id, kind, delayMs, code } of reports) {
      if (this.#waiting >= waitingMax) return;
      const at = now + delayMs;
      this.#keep({ messageId: id, kind, at, ...(code === undefined ? {} : { code }) }, at);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#pool.destroy();
  }

  #keep(report: Feedback, at: number): void {
    const tick = Math.ceil(at / tickMs);
    const reports = this.#due.get(tick);
    if (reports === undefined) this.#due.set(tick, [report]);
    else reports.push(report);
    this.#waiting += 1;
  }

  #postDue(): void {
    const now = Math.floor(Date.now() / tickMs);
    const due: Feedback[] = [];
    for (const [tick, reports] of this.#due) {
      if (tick > now) continue;
      this.#due.delete(tick);
      due.push(...reports);
    }
    this.#waiting -= due.length;
    for (let from = 0; from < due.length; from += reportsPerPostMax)
      void this.#post(due.slice(from, from + reportsPerPostMax), 1);
  }

  async #post(feedback: Feedback[], number: number): Promise<void> {
    const body = JSON.stringify({ feedback });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const headers = {
      "content-type": "application/json",
      [timestampHeader]: timestamp,
      [signatureHeader]: signFeedback(this.#secret, timestamp, body),
    };
    const taken = await this.#pool
      .request({ method: "POST", path: this.#url.pathname + this.#url.search, headers, body })
      .then(async (response) => {
        await response.body.dump();
        return response.statusCode < 300;
      })
      .catch(() => false);
    if (!taken && !this.#closed && number < postsMax)
      setTimeout(() => void this.#post(feedback, number + 1), retryDelayMs * number).unref();
  }
}
