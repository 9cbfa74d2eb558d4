import { describe, expect, test } from "vitest";
import { type Choices, writtenChoices } from "../../domain/policy/choices.ts";
import { decide } from "../../domain/policy/decide.ts";
import { GeneratedPolicies } from "../../domain/policy/generated.conformance.ts";
import { optOutsOf } from "../../domain/policy/opt-outs.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import type { ChoicesWrite, ConsentRow } from "../../ports/store/choices.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

/** Somebody of the corner who has chosen. */
function writeOf(corner: Corner, id: string, version: number, choices: Choices): ChoicesWrite {
  const { environmentId } = corner;
  return {
    environmentId,
    id,
    version,
    wrappedKey: "key",
    choices: writtenChoices(choices),
    optOuts: optOutsOf(choices),
    consents: [],
  };
}

const off: Choices = { preferences: { categories: { orders: { email: "off" } } }, consents: [] };

async function known(open: OpenCorner): Promise<Corner> {
  const corner = await open();
  await corner.store.putRecipient({ recipient: corner.recipient() });
  return corner;
}

export function choicesConformance(open: OpenCorner): void {
  describe("choices", () => {
    test("are written once over the version that was read, and add one to it", async () => {
      const corner = await known(open);
      const write = writeOf(corner, "u1", 1, off);
      const results = await Promise.all(times(5, () => corner.store.putChoices({ writes: [write] })));
      expect(results.flat().filter(Boolean)).toHaveLength(1);
      const row = await corner.store.getRecipient({ environmentId: corner.environmentId, id: "u1" });
      expect(row).toMatchObject({ version: 2, choices: write.choices, profile: corner.recipient().profile });
      const [loaded] = await corner.store.loadRecipients({
        keys: [{ environmentId: corner.environmentId, id: "u1" }],
        lane: "transactional",
      });
      expect(loaded?.choices).toBe(write.choices);
    });

    test("of somebody who is not there, or was made anew, are not written", async () => {
      const corner = await known(open);
      const writes = [
        writeOf(corner, "nobody", 1, off),
        { ...writeOf(corner, "u1", 1, off), wrappedKey: "other" },
        writeOf(corner, "u1", 1, off),
      ];
      expect(await corner.store.putChoices({ writes })).toEqual([false, false, true]);
    });

    test("stay when the recipient is written anew, and go with the recipient", async () => {
      const corner = await known(open);
      const { store, environmentId, at } = corner;
      await store.putChoices({ writes: [writeOf(corner, "u1", 1, off)] });
      await store.putRecipient({ recipient: corner.recipient({ sealed: "new", updatedAt: at + 1 }) });
      expect((await store.getRecipient({ environmentId, id: "u1" }))?.choices).toBe(writtenChoices(off));
      expect(await corner.start(await corner.queued())).toBe("suppressed");
      await store.deleteRecipient({ environmentId, id: "u1" });
      await store.putRecipient({ recipient: corner.recipient() });
      expect((await store.getRecipient({ environmentId, id: "u1" }))?.choices).toBeNull();
      expect(await corner.start(await corner.queued())).toBe("started");
    });

    test("that say no end a message that waits, with the reason; a yes lets the next one go", async () => {
      const corner = await known(open);
      const { store } = corner;
      const message = await corner.queued();
      const later = await corner.queued();
      await store.putChoices({ writes: [writeOf(corner, "u1", 1, off)] });
      expect(await corner.start(message)).toBe("suppressed");
      expect(await corner.row(message)).toMatchObject({
        state: "suppressed",
        reason: "opted_out_at_start",
        dueAt: null,
      });
      await store.putChoices({ writes: [writeOf(corner, "u1", 2, { preferences: {}, consents: [] })] });
      expect(await corner.start(later)).toBe("started");
    });

    test("are asked at each start as policy asks them, whatever was said", { timeout: 60_000 }, async () => {
      const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
      const made = new GeneratedPolicies(new SeededRandom(seed));
      const corner = await open();
      for (let round = 0; round < 40; round += 1)
        await agree(corner, made, `u${round}`, `seed ${seed}, round ${round}`);
    });

    test("leave a ledger of consent, newest first and page by page, and never an entry twice", async () => {
      const corner = await known(open);
      const { store, environmentId, at } = corner;
      const consents = times(5, (index): ConsentRow => {
        const action = index % 2 === 0 ? "granted" : "withdrawn";
        const channel = index === 0 ? null : "sms";
        return { id: corner.id(), purpose: "news", channel, action, at, recordedAt: at + index, sealed: `s${index}` };
      });
      const none: Choices = { preferences: {}, consents: [] };
      const first = { ...writeOf(corner, "u1", 1, none), consents: consents.slice(0, 3) };
      const second = { ...writeOf(corner, "u1", 2, none), consents: consents.slice(2) };
      expect(await store.putChoices({ writes: [first] })).toEqual([true]);
      expect(await store.putChoices({ writes: [second] })).toEqual([true]);
      const listed = { environmentId, recipient: "u1", limit: 3 };
      const newest = consents.toSorted((a, b) => (a.id < b.id ? 1 : -1));
      const page = await store.listConsents({ ...listed, before: "" });
      expect(page).toEqual(newest.slice(0, 3));
      expect(await store.listConsents({ ...listed, before: page.at(-1)?.id ?? "" })).toEqual(newest.slice(3));
    });
  });
}

/** Messages that wait, and one that is to start with its insert: the statement and the pure function say the same. */
async function agree(corner: Corner, made: GeneratedPolicies, id: string, place: string): Promise<void> {
  const choices = made.choices(false);
  await corner.store.putRecipient({ recipient: corner.recipient({ id }) });
  const subjects = times(6, () => made.subject());
  const fields = subjects.map(({ subject, class: lane }) => ({ ...subject, lane, recipient: id, addressHash: "free" }));
  const waiting = await Promise.all(fields.map((each) => corner.queued(each)));
  await corner.store.putChoices({ writes: [writeOf(corner, id, 1, choices)] });
  const inserted = await Promise.all(fields.map((each) => startedByInsert(corner, each)));
  for (const [index, each] of subjects.entries()) {
    const verdict = decide({
      ...each,
      country: undefined,
      choices,
      defaults: { tenant: undefined, category: undefined, environment: undefined },
      jurisdictions: [],
      facts: { data: {}, recipient: { id, attributes: {} }, messages: new Map(), journal: {}, baseTime: 0 },
    });
    const expected = verdict.outcome === "not_sent" ? "suppressed" : "started";
    const message = waiting[index];
    if (message === undefined) throw new RangeError("no message");
    const name = `${place}: ${JSON.stringify({ ...each, choices })}`;
    expect(await corner.start(message), name).toBe(expected);
    expect(inserted[index], name).toBe(expected);
  }
}

async function startedByInsert(corner: Corner, fields: Partial<NewMessage> & { lane: NewMessage["origin"]["lane"] }) {
  const event = await corner.accepted({ lane: fields.lane });
  const start = { callId: "c", integration: "smtp", node: "here", at: corner.at, leaseUntil: corner.at + 40_000 };
  const message = corner.message({ eventId: event.id, ...fields, start });
  const [result] = await corner.store.commitEvents({ turns: [corner.turn(event, { messages: [message] })] });
  if (result?.status !== "committed") throw new Error("the turn was lost");
  return result.held[0]?.status ?? "started";
}
