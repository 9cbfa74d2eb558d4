import { problemSchema } from "@tidings/contract/errors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SeededRandom } from "../lib/seeded-random.ts";
import { signatureHeader, timestampHeader } from "../providers/simulator/feedback.ts";
import { FeedbackBench, onceHeader, onceToleranceMs, signed } from "./feedback.conformance.ts";

const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);
const calls = 300;

let feedback: FeedbackBench;
beforeAll(async () => {
  feedback = await FeedbackBench.open();
});
afterAll(() => feedback.bench.close());

const codeOf = (json: unknown) => problemSchema.parse(json).code;
const stateOf = async (message: { id: string }) => (await feedback.corner.row(message)).state;
const report = (messageId: string, kind: "delivered" | "bounced") => ({ messageId, kind, at: Date.now() });

/** What somebody without the key might try, who has seen a report of the vendor's. */
const forgeries: Record<string, (body: string, seen: string) => Record<string, string>> = {
  "signed with another key": (body) => signed(body, { key: "another secret of sixteen" }),
  "with the signature of another body": (_, seen) => signed(seen),
  "old, and signed": (body) => signed(body, { seconds: Math.floor(Date.now() / 1000) - 330 }),
  "from the future, and signed": (body) => signed(body, { seconds: Math.floor(Date.now() / 1000) + 330 }),
  "with a newer time than it was signed for": (body) => {
    const old = signed(body, { seconds: Math.floor(Date.now() / 1000) - 100 });
    return { ...old, [timestampHeader]: String(Math.floor(Date.now() / 1000)) };
  },
  "with a signature that is cut": (body) => ({ ...signed(body), [signatureHeader]: "00" }),
  "with a signature of its length": (body) => ({ ...signed(body), [signatureHeader]: "0".repeat(64) }),
  "without a signature": (body) => ({ [timestampHeader]: String(signed(body)[timestampHeader]) }),
  "without a time": (body) => ({ [signatureHeader]: String(signed(body)[signatureHeader]) }),
  "with a time that is none": (body) => ({ ...signed(body), [timestampHeader]: "now" }),
  "with nothing": () => ({}),
};

test(`of reports among which many are forged none of those is taken, and all others are (seed ${seed})`, async () => {
  console.log(`feedback: ${calls} calls, seed ${seed}`);
  const random = new SeededRandom(seed);
  const messages = await feedback.corner.queuedAll(
    Array.from({ length: 40 }, (_, index) => ({ addressHash: `a${index}` })),
  );
  const told = new Set<string>();
  const seen = JSON.stringify({ feedback: [report(messages[0]?.id ?? "", "delivered")] });
  const forged: [string, Promise<{ status: number; json: unknown }>][] = [];
  const genuine: Promise<{ status: number; json: unknown }>[] = [];
  for (let call = 0; call < calls; call += 1) {
    const { id } = random.pick(messages);
    if (random.chance(0.1)) {
      told.add(id);
      genuine.push(feedback.tell(report(id, "delivered")));
      continue;
    }
    const [name, headers] = random.pick(Object.entries(forgeries));
    const body = JSON.stringify({ feedback: [report(id, "bounced")] });
    forged.push([name, feedback.post("vendor", body, headers(body, seen))]);
  }
  for (const answer of genuine) expect((await answer).json).toEqual({ accepted: 1 });
  for (const [name, answer] of forged) {
    const { status, json } = await answer;
    expect([name, status, codeOf(json)]).toEqual([name, 401, "unauthorized"]);
  }
  for (const { id } of messages) expect(await stateOf({ id })).toBe(told.has(id) ? "delivered" : "queued");
  const { items } = await feedback.bench.store.listSuppressions({ environmentId: 1, after: undefined, limit: 100 });
  expect(items.filter(({ addressHash }) => /^a\d/.test(addressHash))).toEqual([]);
});

test("a key that is used once comes again with the same body alone, as from a vendor that had no answer", async () => {
  const [one, two] = [await feedback.sent({ addressHash: "one" }), await feedback.sent({ addressHash: "two" })];
  const bodyOf = ({ id }: { id: string }) => JSON.stringify({ feedback: [report(id, "bounced")] });
  const key = { [onceHeader]: "token" };
  const body = bodyOf(one);
  for (let time = 0; time < 2; time += 1)
    expect((await feedback.post("unsigned", body, key)).json).toEqual({ accepted: 1 });
  const other = await feedback.post("unsigned", bodyOf(two), key);
  expect([other.status, codeOf(other.json)]).toEqual([406, "signature_reused"]);
  expect([await stateOf(one), await stateOf(two)]).toEqual(["bounced", "sent"]);
  expect((await feedback.post("another", bodyOf(two), key)).status).toBe(200);
  expect((await feedback.post("unsigned", bodyOf(two), { [onceHeader]: "token2" })).status).toBe(200);
});

test("a key that is used once is kept for twice as long as its signature is taken", async () => {
  const body = JSON.stringify({ feedback: [] });
  const before = Date.now();
  await feedback.post("unsigned", body, { [onceHeader]: "short" });
  const { store } = feedback.bench;
  await store.purgeExpiredKeys({ now: before + 2 * onceToleranceMs - 1, limit: 100 });
  expect((await feedback.post("unsigned", `${body} `, { [onceHeader]: "short" })).status).toBe(406);
  await store.purgeExpiredKeys({ now: Date.now() + 2 * onceToleranceMs, limit: 100 });
  expect((await feedback.post("unsigned", `${body} `, { [onceHeader]: "short" })).status).toBe(200);
});
