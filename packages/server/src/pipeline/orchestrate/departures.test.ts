import { describe, expect, test } from "vitest";
import { someDelivery, someOrigin } from "../../domain/delivery.conformance.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { Topic } from "../../ports/queue.ts";
import type { CallStart } from "../../ports/store/call-start.ts";
import type { NewMessage, TurnWritten } from "../../ports/store/orchestrate.ts";
import { Departures } from "./departures.ts";
import type { Crowd, PlaceHold } from "./ports.ts";

const origin = someOrigin();

function message(id: string, runId: string, state: NewMessage["state"] = "queued"): NewMessage {
  return {
    id,
    eventId: "e",
    runId,
    origin,
    recipient: "u",
    addressHash: "h",
    state,
    dueAt: 0,
    createdAt: 0,
    expiresAt: null,
    content: null,
    decisions: "[]",
    start: null,
    claim: null,
  };
}

/** A turn whose messages are queued, or, where marked with "!", failed from the start. */
function planned(...ids: string[]) {
  const messages = ids.map((id) =>
    message(id.replace("!", ""), `run of ${id}`, id.includes("!") ? "failed" : "queued"),
  );
  return {
    turn: { messages },
    deliveries: ids.filter((id) => !id.includes("!")).map((id) => someDelivery(id, origin)),
  };
}

const all: TurnWritten = { dropped: [], held: [] };
const crowd: Crowd = { crowded: true };

/** `free` ids find a place; the others have to wait in a crowd. */
function bench(turns: ReturnType<typeof planned>[], free: readonly string[] | "no deliver stage") {
  const told: Record<"begun" | "stay" | "queued" | "handed" | "givenUp", string[]> = {
    begun: [],
    stay: [],
    queued: [],
    handed: [],
    givenUp: [],
  };
  const take = (deliveries: readonly Delivery[]): PlaceHold => {
    const placed = deliveries.map(({ id }) => free.includes(id));
    const call = (id: string): CallStart => ({ callId: id, integration: "i", node: "n", at: 0, leaseUntil: 1 });
    return {
      calls: deliveries.map(({ id }, index) => (placed[index] === true ? call(id) : null)),
      crowds: placed.map((one) => (one ? null : crowd)),
      begin: (stay) => {
        told.stay.push(...stay);
        told.begun.push(...deliveries.flatMap(({ id }) => (free.includes(id) && !stay.has(id) ? [id] : [])));
      },
      giveUp: () => told.givenUp.push(...deliveries.map(({ id }) => id)),
    };
  };
  const queue = {
    publish: (_topic: Topic, items: readonly { id: string }[]) => told.queued.push(...items.map(({ id }) => id)),
    consume: () => {},
    wake: () => {},
    depth: () => 0,
    stop: async () => {},
  };
  const handOver = ({ id }: Delivery) => told.handed.push(id);
  const places = free === "no deliver stage" ? undefined : { take };
  return { told, departures: new Departures({ places, queue, handOver }, turns) };
}

describe("messages of planned turns", () => {
  test("that find a place are written as STARTED, and called after the commit; the others go to their queue", () => {
    const turns = [planned("a", "b!"), planned("c", "d")];
    const { told, departures } = bench(turns, ["a", "d"]);
    const starts = turns.flatMap(({ turn }) => turn.messages.map(({ id, start }) => [id, start?.callId]));
    expect(starts).toEqual([
      ["a", "a"],
      ["b", undefined],
      ["c", undefined],
      ["d", "d"],
    ]);
    expect(told.begun).toEqual([]);
    departures.depart([all, all]);
    expect(told).toMatchObject({ begun: ["a", "d"], queued: ["c"], handed: ["c"], givenUp: [] });
  });

  test("go nowhere where their turn, their run or they themselves were not written", () => {
    const turns = [planned("a", "b"), planned("c", "d"), planned("e", "f")];
    const { told, departures } = bench(turns, ["a", "c", "e"]);
    departures.depart([
      undefined,
      { dropped: ["run of c"], held: [] },
      { dropped: [], held: [{ id: "e", status: "suppressed" }] },
    ]);
    expect(told.begun).toEqual([]);
    expect(new Set(told.stay)).toEqual(new Set(["a", "b", "c", "e"]));
    expect(told.queued).toEqual(["d", "f"]);
  });

  test("give their places back where nothing was written", () => {
    const { told, departures } = bench([planned("a"), planned("b")], ["a"]);
    departures.giveUp();
    expect(told).toMatchObject({ begun: [], queued: [], givenUp: ["a", "b"] });
  });

  test("tell turn by turn whether one of them has to wait in a crowd", () => {
    const { departures } = bench([planned("a", "b"), planned("c"), planned("d!")], ["a", "c"]);
    expect(departures.crowds()).toEqual([crowd, undefined, undefined]);
  });

  test("all go to their queue where this process does not deliver", () => {
    const { told, departures } = bench([planned("a", "b")], "no deliver stage");
    departures.depart([all]);
    expect(told).toMatchObject({ begun: [], queued: ["a", "b"], handed: ["a", "b"] });
  });
});
