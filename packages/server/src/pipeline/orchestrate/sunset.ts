import type { MessageOrigin } from "../../domain/message.ts";
import { consentFor } from "../../domain/policy/consent.ts";
import type { SunsetClaim } from "../../domain/sunset.ts";
import type { Configuration } from "../../ports/configuration.ts";
import type { Person } from "./person.ts";

const dayMs = 86_400_000;

/** What a message brings along where its category lets recipients sleep; undefined for nearly all. `mayAsk`: a question may go in its place. */
export function sunsetOf(
  configuration: Pick<Configuration, "category" | "currentTemplate">,
  { environmentId, category, channel, lane }: Pick<MessageOrigin, "environmentId" | "category" | "channel" | "lane">,
  person: Person,
  mayAsk: boolean,
): SunsetClaim | undefined {
  if (lane !== "marketing") return undefined;
  const sunset = configuration.category(environmentId, category)?.document.sunset;
  if (sunset === undefined) return undefined;
  const template = mayAsk ? configuration.currentTemplate(environmentId, sunset.template) : undefined;
  const consent = consentFor(person.choices.consents, { channel, category, class: lane });
  return {
    afterMs: sunset.afterDays * dayMs,
    graceMs: (sunset.graceDays ?? 0) * dayMs,
    consentAt: consent?.action === "granted" ? consent.at : null,
    ask:
      template?.document[channel] === undefined ? null : { template: template.key, templateVersion: template.version },
    detail: `${category}: ${sunset.afterDays} days`,
  };
}
