import type { Finding } from "@tidings/contract/readiness";
import { type Channel, channels } from "@tidings/contract/words";
import { candidates } from "../route.ts";
import type { IntegrationFacts, ReadinessFacts, Rule } from "./facts.ts";

const dayMs = 86_400_000;
/** For so long what would take over may be trusted without having worked. */
const provenMs = 7 * dayMs;

/**
 * A channel that critical messages go by, and what carries them, in the order in which it is tried. Left out is one that the
 * sandbox or simulator serves alone, as where things are tried out.
 */
function criticalChannels(facts: ReadinessFacts): { channel: Channel; carriers: IntegrationFacts[] }[] {
  const used = new Set(facts.uses.filter(({ lane }) => lane === "critical").map(({ channel }) => channel));
  return channels
    .filter((channel) => used.has(channel))
    .map((channel) => ({ channel, all: candidates(facts.integrations, channel, "critical") }))
    .filter(({ all }) => all.length === 0 || all.some(({ behind }) => behind !== "nobody"))
    .map(({ channel, all }) => ({
      channel,
      carriers: all.filter((each) => each.isUsable && each.behind !== "nobody"),
    }));
}

export const unserved: Rule = (facts) =>
  criticalChannels(facts)
    .filter(({ carriers }) => carriers.length === 0)
    .map(({ channel }) => ({
      severity: "error",
      code: "channel_unserved",
      channel,
      text: `critical messages go by ${channel}, and no integration carries them: enable one that serves the lane critical`,
    }));

/** Nobody can stand in for ourselves, or for the one vendor of a kind of addresses. */
export const withoutFallback: Rule = (facts) =>
  criticalChannels(facts).flatMap(({ channel, carriers }): Finding[] => {
    const [only] = carriers;
    if (only === undefined || carriers.length > 1 || only.isAlone || only.behind === "ourselves") return [];
    const text = `critical messages go by ${channel}, and ${only.key} alone carries them: while it fails they wait. Enable a second one`;
    return [{ severity: "warning", code: "channel_without_fallback", integration: only.key, channel, text }];
  });

/** What is known to have failed is told of by the rule on probes. */
export const fallbackUnproven: Rule = (facts) =>
  criticalChannels(facts).flatMap(({ channel, carriers }) =>
    carriers
      .slice(1)
      .filter(({ behind, stand, goodAt = Number.NEGATIVE_INFINITY }) => {
        const isOld = goodAt < facts.now - provenMs;
        return behind === "vendor" && isOld && stand?.status !== "failed";
      })
      .map(({ key, stand, goodAt }) => ({
        severity: "warning",
        code: "fallback_unproven",
        integration: key,
        channel,
        text: `${key} takes over critical messages on ${channel}, and ${unprovenWords(stand, goodAt)}`,
      })),
  );

function unprovenWords(stand: IntegrationFacts["stand"], goodAt: number | undefined): string {
  if (goodAt !== undefined) return `was last known to work at ${new Date(goodAt).toISOString()}: probe it`;
  if (stand === undefined) return "nobody knows yet whether it works: probe it";
  return "nobody knows whether it works: there is nothing to ask its vendor, so let some messages go by it (weight)";
}
