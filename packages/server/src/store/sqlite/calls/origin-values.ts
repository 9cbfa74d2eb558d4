import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { channelCode, laneCode, mailboxProviderCode } from "../../sql/codes.ts";
import { putOffTo } from "../../sql/put-off-to.ts";

/** Values of a new message's last columns, which say what it is of. */
export function originValues(message: NewMessage) {
  const { origin, expanded, recalled, collapseHash, order, confirmsStop, watcher } = message;
  return [
    origin.environmentId,
    origin.step,
    origin.workflow,
    origin.workflowVersion,
    origin.template,
    origin.templateVersion,
    channelCode[origin.channel],
    laneCode[origin.lane],
    origin.category,
    origin.tenant,
    expanded === true ? 1 : null,
    recalled === true ? 1 : null,
    collapseHash ?? null,
    order?.key ?? null,
    order?.place ?? null,
    confirmsStop ?? null,
    message.mailbox === undefined ? null : mailboxProviderCode[message.mailbox],
    putOffTo(message),
    watcher ?? null,
  ] as const;
}
