import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import Fastify from "fastify";
import { Pool } from "undici";
import { z } from "zod";
import { IdSource } from "../packages/server/src/lib/ids.ts";
import type { BareTurn } from "./bare-store.ts";

/*
 * What the machine can do at best: the same HTTP in and out, one insert, one update, and nothing else: no keys, no
 * policy, no recipients, no sealing, no attempts. Machines differ and are noisy, so the product is measured against
 * this in the same run.
 */
const { values } = parseArgs({
  options: {
    data: { type: "string", default: "" },
    provider: { type: "string", default: "" },
    maxBatch: { type: "string", default: "1" },
  },
});
const maxBatch = Number(values.maxBatch);
const callsMax = 4;

const loader = `import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))}; register();`;
const worker = new Worker(new URL("./bare-store.ts", import.meta.url), {
  workerData: { path: values.data },
  execArgv: ["--import", `data:text/javascript,${encodeURIComponent(loader)}`, "--conditions=source"],
});
const ids = new IdSource(() => Date.now(), randomBytes);
const eventSchema = z.object({
  name: z.string(),
  recipients: z.array(z.string()),
  data: z.object({ order: z.string(), name: z.string(), url: z.string(), items: z.array(z.unknown()) }),
});
type Event = z.infer<typeof eventSchema>;
interface Message {
  id: string;
  event: Event;
}

/** The turn that gathers while another one is being committed. */
let gathering: BareTurn = { inserts: [], updates: [] };
let durable: (() => void)[] = [];
let committing: (() => void)[] | undefined;

function commitSoon(): void {
  if (committing === undefined) setImmediate(commit);
}

function commit(): void {
  if (committing !== undefined || gathering.inserts.length + gathering.updates.length === 0) return;
  committing = durable;
  worker.postMessage(gathering);
  gathering = { inserts: [], updates: [] };
  durable = [];
}

worker.on("message", () => {
  const done = committing ?? [];
  committing = undefined;
  commit();
  for (const resolve of done) resolve();
});

const pool = new Pool(values.provider, { connections: 128, pipelining: 1 });
const waiting: Message[] = [];
let calls = 0;

function send(messages: readonly Message[]): void {
  const body = JSON.stringify({
    callId: messages[0]?.id ?? "",
    messages: messages.map(({ id, event: { data } }) => ({
      id,
      attempt: 1,
      to: "person@example.com",
      subject: `Order ${data.order}`,
      html: `<h1>Hello ${data.name}</h1><p><a href="${data.url}">Your order ${data.order}</a></p>`,
    })),
  });
  calls += 1;
  pool
    .request({ method: "POST", path: "/send", headers: { "content-type": "application/json" }, body })
    .then(async (answer) => {
      await answer.body.text();
      calls -= 1;
      for (const { id } of messages) gathering.updates.push(id);
      commitSoon();
      if (maxBatch > 1) sendGathered();
    })
    .catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    });
}

function sendGathered(): void {
  while (waiting.length > 0 && calls < callsMax) send(waiting.splice(0, maxBatch));
}

function accept(events: readonly Event[]): Promise<string[]> {
  const messages = events.map((event) => ({ id: ids.next(), event }));
  for (const { id, event } of messages) gathering.inserts.push([id, JSON.stringify(event)]);
  commitSoon();
  return new Promise((resolve) => {
    durable.push(() => {
      resolve(messages.map(({ id }) => id));
      if (maxBatch === 1) for (const message of messages) send([message]);
      else {
        waiting.push(...messages);
        sendGathered();
      }
    });
  });
}

const app = Fastify({ bodyLimit: 8 * 1024 * 1024 });
app.post("/v1/events", async (request, reply) => {
  const [id] = await accept([eventSchema.parse(request.body)]);
  reply.code(202);
  return { id };
});
app.post("/v1/events/batch", async (request, reply) => {
  const { events } = z.object({ events: z.array(eventSchema) }).parse(request.body);
  const accepted = await accept(events);
  reply.code(202);
  return { results: accepted.map((id) => ({ id })) };
});
const url = await app.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`${JSON.stringify({ url })}\n`);
