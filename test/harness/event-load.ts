import { Pool } from "undici";
import type { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import { pause } from "./pause.ts";
import { apiKey } from "./server-process.ts";

/** What one caller remembers of an event that got a 202. */
export interface Acknowledged {
  id: string;
  lane: string;
}

export interface LoadOptions {
  events: number;
  /** Where more are to come for as long as something goes on: whether it does, and how many there are at most. */
  more?: { goesOn: () => boolean; eventsMax: number };
  callers: number;
  random: SeededRandom;
  /** Events a second at most; without a bound where left out. */
  perSecondMax?: number;
  /** Address of a server as it is now; it may be down. */
  url: () => string;
  onAcknowledged: (count: number) => void;
}

const lanes = ["critical", "transactional", "marketing"];

/**
 * Callers that never give up: each event has a key of its own, and is posted until there is a 202, with the same key.
 * One in ten is posted a second time although it was acknowledged. Gives what was acknowledged, and which repeated
 * posts were answered with another id.
 */
export async function runLoad(
  options: LoadOptions,
): Promise<{ acknowledged: Acknowledged[]; doubled: string[]; repeats: number }> {
  const acknowledged: Acknowledged[] = [];
  const doubled: string[] = [];
  let next = 0;
  let repeats = 0;
  const startedAt = Date.now();
  const caller = async (): Promise<void> => {
    while (next < options.events || (options.more?.goesOn() === true && next < options.more.eventsMax)) {
      const number = next;
      next += 1;
      const lane = lanes[number % lanes.length] ?? "critical";
      if (options.perSecondMax !== undefined) await pauseUntil(startedAt + (number * 1000) / options.perSecondMax);
      const id = await postUntilAccepted(options, number, lane);
      acknowledged.push({ id, lane });
      options.onAcknowledged(acknowledged.length);
      if (!options.random.chance(0.1)) continue;
      repeats += 1;
      const again = await postUntilAccepted(options, number, lane);
      if (again !== id) doubled.push(`${id} and ${again}`);
    }
  };
  await Promise.all(Array.from({ length: options.callers }, caller));
  return { acknowledged, doubled, repeats };
}

async function pauseUntil(moment: number): Promise<void> {
  const ms = moment - Date.now();
  if (ms > 0) await pause(ms);
}

async function postUntilAccepted(options: LoadOptions, number: number, lane: string): Promise<string> {
  for (;;) {
    const id = await post(options.url(), number, lane);
    if (id !== undefined) return id;
    await pause(20);
  }
}

const pools = new Map<string, Pool>();

async function post(url: string, number: number, lane: string): Promise<string | undefined> {
  let pool = pools.get(url);
  if (pool === undefined) {
    pool = new Pool(url, { connections: 32, headersTimeout: 20_000 });
    pools.set(url, pool);
  }
  try {
    const { statusCode, body } = await pool.request({
      method: "POST",
      path: "/v1/events",
      headers: {
        authorization: `Bearer ${apiKey}`,
        "content-type": "application/json",
        "idempotency-key": `event-${number}`,
      },
      body: JSON.stringify({
        name: lane,
        recipients: [{ id: `user-${number % 500}`, email: `person${number % 500}@secret-domain.example` }],
        data: { order: String(number), name: "Anna", url: "https://shop.example/1", items: [] },
      }),
    });
    const text = await body.text();
    if (statusCode === 202) return JSON.parse(text).id;
    if (statusCode === 503 || statusCode === 409) return undefined;
    throw new Error(`an event got ${statusCode}: ${text}`);
  } catch (error) {
    // The server was killed: whether it has the event is what the next post with the same key finds out.
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

export async function closePools(): Promise<void> {
  await Promise.all([...pools.values()].map((pool) => pool.destroy()));
  pools.clear();
}
