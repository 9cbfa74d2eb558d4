import { dayMs } from "../acts/act.ts";
import { sunsetDays } from "../acts/documents.ts";
import type { Cast } from "../cast.ts";
import type { Report } from "../reporter.ts";
import type { EndFacts } from "./facts.ts";

/** What became of one tip for one recipient. */
interface Tip {
  name: string;
  at: number;
  outcome: "sent" | "asked" | "stopped";
}

/** Whoever is silent for long is asked once, and hears nothing more until they are heard of: worked out anew, tip by tip. */
export function checkSunset(cast: Cast, facts: EndFacts): void {
  for (const { id, email } of cast.act?.people ?? []) {
    const tips = facts.events
      .filter(({ posted }) => posted.intent.body.name === "tip.given")
      .flatMap((event) => tipOf(cast, facts, { eventId: event.id, ref: event.posted.intent.ref }, id, email.length));
    checkTips(
      cast,
      tips.sort((a, b) => a.at - b.at),
      heardOf(cast, id),
    );
  }
}

function tipOf(
  { world, ledger }: Cast,
  { decisions }: EndFacts,
  { eventId, ref }: { eventId: string; ref: string },
  recipient: string,
  addresses: number,
): Tip[] {
  const name = `${ref} for ${recipient}`;
  const own = (one: { eventId: string; recipient: string }): boolean =>
    one.eventId === eventId && one.recipient === recipient;
  const messages = [...ledger.messages.values()].filter(own);
  const asks = messages.filter(({ template }) => template === "stay");
  const stops = decisions.filter((one) => own(one) && one.reason === "sunset");
  const kinds = [asks.length, messages.length - asks.length, stops.length];
  if (kinds.some((count) => count !== 0 && count !== addresses) || messages.length + stops.length !== addresses) {
    world.violate("sunset-is-kept", `${name}: asked, sent, stopped ${kinds.join()}`);
    return [];
  }
  const at = messages[0]?.createdAt ?? stops[0]?.at ?? 0;
  return [{ name, at, outcome: asks.length > 0 ? "asked" : stops.length > 0 ? "stopped" : "sent" }];
}

function heardOf({ reporter, ledger }: Cast, recipient: string): Report[] {
  return reporter.sent.filter(({ messageId, kind }) => {
    const message = ledger.messages.get(messageId);
    if (message?.recipient !== recipient || message.category !== "tips") return false;
    return kind === "opened" || kind === "clicked" || kind === "read";
  });
}

function checkTips({ world }: Cast, tips: readonly Tip[], heard: readonly Report[]): void {
  let since: number | undefined;
  let isAsked = false;
  for (const { name, at, outcome } of tips) {
    // What comes in at the same time as a tip counts, or does not.
    if (heard.some(({ madeAt, takenAt }) => madeAt <= at && takenAt >= at)) return;
    const lastAt = Math.max(...heard.filter(({ takenAt }) => takenAt < at).map((report) => report.at));
    if (since === undefined || lastAt >= since) {
      since = Math.max(at, lastAt + 1);
      isAsked = false;
      if (outcome !== "sent") world.violate("sunset-is-kept", `${name} was ${outcome}, and the recipient was awake`);
      continue;
    }
    const expected: Tip["outcome"] = isAsked ? "stopped" : at - since >= sunsetDays * dayMs ? "asked" : "sent";
    if (outcome !== expected) world.violate("sunset-is-kept", `${name} was ${outcome}, and is to be ${expected}`);
    isAsked = isAsked || expected === "asked";
  }
}
