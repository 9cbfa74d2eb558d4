import type { CallStart } from "../../../ports/store/call-start.ts";
import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { channelCode, laneCode } from "../../sql/codes.ts";
import { heldReason, optedOut } from "../../sql/opt-outs.ts";
import { covers } from "../../sql/suppressions.ts";
import type { CallContext } from "../context.ts";
import { hasSuspectAddress, hasSuspectRecipient, type Suspects } from "./suspects.ts";

const given = {
  environment: "?",
  channel: "?",
  address: "?",
  sender: "?",
  confirmsStop: "?",
  lane: "?",
  category: "?",
};
const m = (column: string) => `m.${column}`;
const refusingSql = `select 1 from (select ? as environment, ? as recipient, ? as channel, ? as lane, ? as category, ? as workflow,
    ? as tenant) m where ${optedOut({
      environment: m("environment"),
      recipient: m("recipient"),
      channel: m("channel"),
      lane: m("lane"),
      category: m("category"),
      workflow: m("workflow"),
      tenant: m("tenant"),
    })}`;
const coveringSql = `select 1 from suppression s where ${covers(given)} limit 1`;

/** Why a message that is to start with its insert is held back; undefined where it is not. */
export function whyHeldBack(
  context: CallContext,
  message: NewMessage,
  start: CallStart,
  suspects: Suspects,
): string | undefined {
  if (hasSuspectAddress(suspects, message) && isCovered(context, message, start)) return heldReason(false);
  return hasSuspectRecipient(suspects, message) && isRefused(context, message) ? heldReason(true) : undefined;
}

/** Whether its address is suppressed for what it is, and for whom it would go by. */
export function isCovered(
  { database }: Pick<CallContext, "database">,
  { origin, addressHash, confirmsStop }: NewMessage,
  start: Pick<CallStart, "integration">,
): boolean {
  const covering = database.get(
    coveringSql,
    origin.environmentId,
    channelCode[origin.channel],
    addressHash,
    start.integration,
    confirmsStop ?? null,
    laneCode[origin.lane],
    laneCode[origin.lane],
    laneCode[origin.lane],
    origin.category,
  );
  return covering !== undefined;
}

function isRefused({ database }: CallContext, { origin, recipient }: NewMessage): boolean {
  const refusing = database.get(
    refusingSql,
    origin.environmentId,
    recipient,
    channelCode[origin.channel],
    laneCode[origin.lane],
    origin.category,
    origin.workflow,
    origin.tenant,
  );
  return refusing !== undefined;
}
