import { afterEach, describe, expect, it } from "vitest";
import type { OutboundMessage, Outcome, Provider } from "../../ports/provider.ts";
import { outbound, requestTraces } from "./environment.ts";

/** What the other side shall do with the calls to come. */
export type Fault =
  | "none"
  | "transient"
  | "permanent"
  | "rateLimited"
  /** Takes the message and never answers. */
  | "silentAfterAccept"
  /** Never answers, and has not taken the message. */
  | "silentBeforeAccept"
  | "connectionRefused"
  | "malformedAnswer"
  /** The answer begins and never ends. */
  | "slowBody"
  /** The connection is reset after the message was sent. */
  | "resetAfterSend"
  /** The connection is reset while the message is still being sent, or before. */
  | "resetBeforeSend";

/** A provider with something real at its other end. */
export interface ProviderUnderTest {
  provider: Provider;
  /** An address on the provider's channel. */
  to: string;
  channel: OutboundMessage["channel"];
  /** What makes a message one that the other side can tell from others, where it does not get the id. */
  changes?(id: string): Partial<OutboundMessage>;
  /** Ids that the other side has taken so far, in order. */
  taken(): Promise<readonly string[]> | readonly string[];
  close(): Promise<void>;
}

export interface ProviderMaker {
  faults: readonly Fault[];
  make(fault: Fault): Promise<ProviderUnderTest>;
}

/** What a caller may conclude from each fault: kinds of outcome that keep the guarantees. */
const expected: Readonly<Record<Exclude<Fault, "none">, readonly string[]>> = {
  transient: ["transient"],
  permanent: ["permanent"],
  rateLimited: ["transient"],
  silentAfterAccept: ["unknown"],
  silentBeforeAccept: ["unknown", "transient"],
  connectionRefused: ["transient"],
  malformedAnswer: ["unknown"],
  slowBody: ["unknown"],
  resetAfterSend: ["unknown"],
  resetBeforeSend: ["transient", "unknown"],
};

const kindOf = (outcome: Outcome | undefined): string | undefined =>
  outcome?.status === "rejected" ? outcome.kind : outcome?.status;

/** The one suite that every provider passes, against a real server or the process itself. */
export function providerConformance(name: string, maker: ProviderMaker): void {
  describe(`provider conformance: ${name}`, () => {
    const open: ProviderUnderTest[] = [];
    afterEach(async () => {
      for (const subject of open.splice(0)) {
        await subject.provider.close();
        await subject.close();
      }
    });
    const start = async (fault: Fault): Promise<ProviderUnderTest> => {
      const subject = await maker.make(fault);
      open.push(subject);
      return subject;
    };
    const made = (subject: ProviderUnderTest): OutboundMessage => {
      const message = outbound(subject.channel, subject.to);
      return Object.assign(message, subject.changes?.(message.id));
    };
    const send = async (subject: ProviderUnderTest, count: number, timeoutMs = 10_000): Promise<Outcome[]> => {
      const batch = Array.from({ length: count }, () => made(subject));
      const outcomes = await subject.provider.send(batch, {
        callId: "call-1",
        timeoutMs,
        signal: AbortSignal.timeout(timeoutMs),
      });
      expect(outcomes).toHaveLength(count);
      for (const outcome of outcomes) expectNoAddress(outcome, subject.to);
      return outcomes;
    };

    it("delivers, and says accepted", async () => {
      const subject = await start("none");
      const message = made(subject);
      const outcomes = await subject.provider.send([message], {
        callId: "call-1",
        timeoutMs: 10_000,
        signal: AbortSignal.timeout(10_000),
      });
      expect(outcomes).toMatchObject([{ status: "accepted" }]);
      expect(await subject.taken()).toEqual([message.id]);
    });

    it("says of each of its HTTP requests which call's trace it belongs to", async () => {
      const subject = await start("none");
      const trace = { parent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", propagate: false };
      requestTraces.length = 0;
      const call = { callId: "call-1", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000), trace };
      const outcomes = await subject.provider.send([made(subject)], call);
      expect(outcomes).toMatchObject([{ status: "accepted" }]);
      // A provider over another protocol makes none.
      expect(requestTraces.every((given) => given === trace)).toBe(true);
    });

    it("gives one outcome per message, in order, for as many as a call may carry", async () => {
      const subject = await start("none");
      const count = Math.min(subject.provider.maxBatch, 50);
      expect((await send(subject, count)).map(kindOf)).toEqual(Array(count).fill("accepted"));
      expect(await subject.taken()).toHaveLength(count);
    });

    it("sends many calls at once, each once", async () => {
      const subject = await start("none");
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => send(subject, 1)));
      expect(outcomes.flat().map(kindOf)).toEqual(Array(20).fill("accepted"));
      expect(new Set(await subject.taken()).size).toBe(20);
    });

    for (const fault of maker.faults) {
      if (fault === "none") continue;
      it(`answers ${expected[fault].join(" or ")} where the other side is: ${fault}`, async () => {
        const subject = await start(fault);
        const [outcome] = await send(subject, 1, /^(silent|slow)/.test(fault) ? 1000 : 10_000);
        expect(expected[fault]).toContain(kindOf(outcome));
        if (fault === "rateLimited") expect(outcome?.status === "rejected" && outcome.retryAfterMs).toBeGreaterThan(0);
        if (fault === "silentAfterAccept") expect(await subject.taken()).toHaveLength(1);
        if (kindOf(outcome) === "transient" || kindOf(outcome) === "permanent")
          expect(await subject.taken()).toEqual([]);
      });
    }

    it("closes twice", async () => {
      const subject = await start("none");
      await send(subject, 1);
      expect(await subject.taken()).toHaveLength(1);
      await subject.provider.close();
      await subject.provider.close();
    });
  });
}

/** Outcomes are logged: neither the address nor a telling part of it may be in them. */
function expectNoAddress(outcome: Outcome, to: string): void {
  const { detail = "" } = "detail" in outcome ? outcome : {};
  const code = "code" in outcome ? outcome.code : "";
  for (const part of [to, to.split("@")[0] ?? to]) expect(`${code} ${detail}`.includes(part)).toBe(false);
}
