import type { Lane } from "@tidings/contract/words";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Outbox } from "./outbox.ts";
import type { StoreReply, StoreRequest } from "./turn.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

let lastId = 0;
function request(lane: Lane = "transactional"): StoreRequest {
  lastId += 1;
  return { id: lastId, call: "queueDepths", lane, input: {} };
}
const answers = (count: number): StoreReply[] => [{ id: 0, status: "done", result: Array.from({ length: count }) }];

/** An outbox with what it has sent, message by message. */
function bench(limits = { turnGapMs: 2, turnGapMaxMs: 10 }) {
  const sent: number[][] = [];
  const outbox = new Outbox((requests) => sent.push(requests.map(({ id }) => id)), limits);
  const add = (lane?: Lane): number => {
    const one = request(lane);
    outbox.add(one);
    return one.id;
  };
  return { outbox, sent, add };
}

describe("calls on their way to the store's thread", () => {
  test("of one turn of the event loop go in one message, at once after a quiet time", () => {
    const { sent, add } = bench();
    const ids = [add(), add(), add("marketing")];
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(0);
    expect(sent).toEqual([ids]);
  });

  test("wait while a turn is under way, and go together once it is answered", () => {
    const { outbox, sent, add } = bench();
    add();
    vi.advanceTimersByTime(0);
    const ids = [add(), add()];
    vi.advanceTimersByTime(50);
    expect(sent).toHaveLength(1);
    outbox.answered(answers(1), false);
    vi.advanceTimersByTime(0);
    expect(sent[1]).toEqual(ids);
  });

  test("that are critical wait for no turn and no distance, and take along what is there", () => {
    const { sent, add } = bench();
    add();
    vi.advanceTimersByTime(0);
    const ids = [add("marketing"), add("critical")];
    vi.advanceTimersByTime(0);
    expect(sent[1]).toEqual(ids);
  });

  test("keep the least distance where turns carry little, and up to the greatest where they carry much", () => {
    for (const [items, waitMs] of [
      [1, 2],
      [20, 5],
      [1000, 10],
    ] as const) {
      const { outbox, sent, add } = bench();
      add();
      vi.advanceTimersByTime(0);
      add();
      outbox.answered(answers(items), false);
      vi.advanceTimersByTime(waitMs - 1);
      expect(sent).toHaveLength(1);
      vi.advanceTimersByTime(1);
      expect(sent).toHaveLength(2);
    }
  });

  test("also go while the thread has turns left, so that its next one takes them", () => {
    const { outbox, sent, add } = bench();
    add();
    vi.advanceTimersByTime(0);
    const id = add();
    outbox.answered(answers(1), true);
    vi.advanceTimersByTime(2);
    expect(sent[1]).toEqual([id]);
  });

  test("all go with a flush, and none a second time", () => {
    const { outbox, sent, add } = bench();
    const ids = [add(), add()];
    outbox.flush();
    outbox.flush();
    vi.advanceTimersByTime(50);
    expect(sent).toEqual([ids]);
  });
});
