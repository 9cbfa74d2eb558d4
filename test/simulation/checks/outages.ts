import type { Cast } from "../cast.ts";
import { vendors } from "../documents.ts";
import { outageOf } from "../outage.ts";

/** By then a message that one vendor refused has gone out by the other. */
const soonMs = 10_000;
const reached: ReadonlySet<string> = new Set(["sent", "delivered", "bounced", "failed"]);

/**
 * What a vendor refused while it was away went out by the other one soon. Only in worlds where nothing else goes wrong: a crash or
 * another vendor's refusal may hold up any message.
 */
export function checkOutages({ world, ledger, offers }: Cast): void {
  const { crash, callFault, refusal, slowTurn } = world.profile;
  if (crash + callFault + refusal + slowTurn > 0 || world.sleeps > 0) return;
  for (const [name, { channel, lanes }] of Object.entries(vendors)) {
    const outage = outageOf(world.seed, name);
    const others = Object.entries(vendors).filter(
      ([other, document]) => other !== name && document.channel === channel && document.lanes.join() === lanes.join(),
    );
    if (outage === undefined || outage.kind === "silent" || others.length === 0) continue;
    if (others.some(([other]) => outageOf(world.seed, other) !== undefined)) continue;
    for (const { vendor, messageId, at, wentOut } of offers.all) {
      if (vendor !== name || wentOut || at < outage.from || at > outage.to) continue;
      const state = ledger.messages.get(messageId)?.state ?? "";
      const out = offers.ofMessage(messageId).find((offer) => offer.wentOut);
      if (reached.has(state) && out !== undefined && out.at > at + soonMs)
        world.violate("goes-round-an-outage", `${messageId} was refused at ${at} and went out at ${out.at}`);
    }
  }
}
