import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { channelCode, laneCode } from "../../sql/codes.ts";

/** Values of a new message's last columns, which say what it is of. */
export function originValues({ origin, expanded, recalled, collapseHash, order, confirmsStop }: NewMessage) {
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
  ] as const;
}
