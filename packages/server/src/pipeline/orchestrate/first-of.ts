import type { Channel } from "@tidings/contract/words";
import { channelOrder, firstThrough } from "../../domain/policy/channel-order.ts";
import type { NewDecision } from "../../ports/store/orchestrate.ts";
import type { Person } from "./person.ts";
import type { Judged, PolicyServices } from "./policy.ts";

type Decided = Pick<NewDecision, "channel" | "outcome" | "reason" | "rule" | "versions" | "detail">;

/** Where a message goes that leaves the channel to its recipient, and what is on record about it. */
export interface FirstOf {
  /** Undefined where no channel lets it through. */
  channel: Channel | undefined;
  decisions: Decided[];
}

interface Asked {
  environmentId: number;
  category: string;
  tenant: string;
  among: readonly Channel[];
}

/** `judge` asks the policy about a channel. */
export function firstOf(
  { environmentId, category, tenant, among }: Asked,
  person: Person,
  { configuration, tenants }: PolicyServices,
  judge: (channel: Channel) => Judged,
): FirstOf {
  const { order, rule } = channelOrder(among, {
    recipient: person.choices.preferences.channelOrder,
    tenant: tenant === "" ? undefined : tenants.find(environmentId, tenant)?.preferences?.channelOrder,
    category: configuration.category(environmentId, category)?.document.channelOrder,
    environment: configuration.policy(environmentId)?.document.channelOrder,
  });
  const { chosen, passedOver } = firstThrough(order, (channel) => against(channel, person, judge));
  const decisions = passedOver.map(({ channel, why }): Decided => ({ channel, outcome: "passed_over", ...why }));
  const detail = order.join(", ");
  const [outcome, reason] = chosen === undefined ? ["not_sent", "no_channel"] : ["chosen", "channel_order"];
  decisions.push({ channel: chosen ?? "", outcome, reason, rule, versions: "", detail });
  return { channel: chosen, decisions };
}

/** Why a channel is passed over; undefined where nothing speaks against it. */
function against(
  channel: Channel,
  person: Person,
  judge: (channel: Channel) => Judged,
): Omit<Decided, "channel" | "outcome"> | undefined {
  if (!person.secrets.addresses.some((address) => address.channel === channel))
    return { reason: "no_address", rule: "", versions: "", detail: "" };
  const { verdict, versions } = judge(channel);
  if (verdict.outcome !== "not_sent") return undefined;
  return { reason: verdict.reason, rule: verdict.rule, versions, detail: "" };
}
