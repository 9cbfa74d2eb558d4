import { socialCap } from "../acts/documents.ts";
import type { Cast } from "../cast.ts";
import type { EndFacts } from "./facts.ts";
import { isJoin } from "./windows.ts";

const windowMs = socialCap.windowSeconds * 1000;

/** No stretch of time holds more than the cap lets through, digests among it; and nothing is gathered that had a place. */
export function checkCaps({ world, ledger, act }: Cast, { decisions }: EndFacts): void {
  for (const { id: recipient } of act?.people ?? []) {
    const planned = [...ledger.messages.values()]
      .filter((message) => message.category === "social" && message.recipient === recipient)
      .map(({ plannedAt }) => plannedAt)
      .sort((a, b) => a - b);
    for (const [index, at] of planned.entries()) {
      const next = planned[index + socialCap.limit];
      if (next !== undefined && next - at < windowMs)
        world.violate("caps-hold", `${recipient} gets ${socialCap.limit + 1} messages in ${next - at} ms`);
    }
    for (const { eventId, reason, at } of decisions.filter((one) => one.recipient === recipient && isJoin(one))) {
      if (reason !== "cap_reached") continue;
      const near = planned.filter((one) => Math.abs(one - at) < windowMs);
      if (near.length < socialCap.limit) world.violate("caps-leave-room", `${eventId} for ${recipient} had a place`);
    }
  }
}
