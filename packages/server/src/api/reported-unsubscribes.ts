import type { ConsentStand } from "../domain/policy/choices.ts";
import type { Feedback } from "../ports/provider.ts";
import type { MessageRow } from "../ports/store/log.ts";
import type { ApiDependencies } from "./dependencies.ts";
import { sayByLink } from "./opt-out/said-by-link.ts";

/** As suppressions say why. */
const reason = "unsubscribed";

type UnsubscribeDependencies = Pick<
  ApiDependencies,
  "store" | "configuration" | "clock" | "keyring" | "ids" | "ingest"
>;

/**
 * Who unsubscribed with the vendor gets no more of the message's category on its channel, as by one click. What they said later,
 * in whatever way, holds: the same report, told again or late, changes nothing. What is critical goes on.
 */
export async function endReported(
  dependencies: UnsubscribeDependencies,
  environmentId: number,
  feedback: readonly Feedback[],
): Promise<void> {
  const latest = new Map<string, number>();
  for (const { kind, messageId, at } of feedback)
    if (kind === "unsubscribed") latest.set(messageId, Math.max(latest.get(messageId) ?? at, at));
  const now = dependencies.clock.now();
  for (const [id, at] of latest) {
    const message = await dependencies.store.getMessage({ environmentId, id });
    // A clock that is ahead must not make all that is said later too old.
    if (message !== undefined && message.lane !== "critical")
      await end(dependencies, environmentId, message, Math.min(Math.trunc(at), now));
  }
}

async function end(
  dependencies: UnsubscribeDependencies,
  environmentId: number,
  { recipient, channel, addressHash, category }: MessageRow,
  at: number,
): Promise<void> {
  const speaker = { environmentId, recipient, ip: undefined, userAgent: undefined, language: undefined };
  const createdAt = dependencies.clock.now();
  await sayByLink(dependencies, speaker, {
    source: "provider",
    at,
    suppress: [{ channel, addressHash, scope: "category", value: category, reason, createdAt }],
    release: [],
    words: ({ consents }) => {
      const known = consents.find((one) => one.purpose === category && one.channel === channel);
      if (known !== undefined && isSaidSince(known, at)) return "stale";
      return [{ purpose: category, channel, action: "withdrawn", confirmed: false }];
    },
  });
}

/** Of two words of one moment the no holds. A request for consent takes nothing back. */
function isSaidSince({ action, at }: ConsentStand, saidAt: number): boolean {
  if (action === "requested") return false;
  return action === "withdrawn" ? at >= saidAt : at > saidAt;
}
