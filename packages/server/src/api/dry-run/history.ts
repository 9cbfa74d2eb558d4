import { type HistoryBody, type HistoryView, historyBodySchema } from "@tidings/contract/histories";
import { TidingsError } from "../../errors.ts";
import type { HistorySide } from "../../ports/histories.ts";
import { cursorOf, positionOf } from "../cursor.ts";
import type { Handlers } from "../handler.ts";
import { body, parameter } from "../validation.ts";
import { iso } from "../views.ts";
import { historyView } from "./history-view.ts";
import type { DryRunParts } from "./parts.ts";
import { checkTried, workflowOf } from "./request.ts";

const dayMs = 86_400_000;
/** Where it goes on: up to when, and the event behind which. */
const historyPosition = /^\d{1,15}:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const basis =
  "Recipients' data, preferences, consents and suppressions are those of now. Caps, dedupe keys, throttles and digests count what the same side would have sent in this time.";

/** What a change of a workflow would have done with past events. Nothing is sent or stored. */
export function historyHandlers(parts: DryRunParts): Handlers {
  return {
    dryRunHistory: async (request, { environmentId }): Promise<HistoryView> => {
      const wanted = body(historyBodySchema, request);
      const key = parameter(request, "key");
      const published = await publishedOf(parts, environmentId, key);
      const proposed = await proposedOf(parts, environmentId, key, wanted);
      const { to, after } = placeOf(wanted.cursor, parts.clock.now());
      const from = to - wanted.days * dayMs;
      const asked = { published, proposed, tenant: wanted.tenant, from, to, after };
      const result = await parts.histories.weigh(environmentId, asked);
      const { next } = result;
      return {
        workflow: key,
        publishedVersion: published?.workflow.version,
        proposedVersion: proposed.workflow.version,
        from: iso(from),
        to: iso(to),
        basis,
        isComplete: next === undefined,
        until: iso(result.reachedAt ?? to),
        nextCursor: next === undefined ? undefined : cursorOf(`${to}:${next}`),
        ...historyView(result, wanted),
      };
    },
  };
}

function placeOf(cursor: string | undefined, now: number): { to: number; after: string | null } {
  const position = positionOf(cursor, historyPosition);
  if (position === "") return { to: now, after: null };
  const colon = position.indexOf(":");
  return { to: Number(position.slice(0, colon)), after: position.slice(colon + 1) };
}

/** Throws `not_found`, and `validation_failed` with the place of each fault. */
async function proposedOf(
  parts: DryRunParts,
  environmentId: number,
  key: string,
  wanted: HistoryBody,
): Promise<HistorySide> {
  const workflow = await workflowOf(parts, environmentId, key, wanted);
  await checkTried(parts, environmentId, workflow, wanted);
  return { workflow, category: wanted.category, policy: wanted.policy };
}

/** One that is new is compared with nothing. */
async function publishedOf(parts: DryRunParts, environmentId: number, key: string): Promise<HistorySide | undefined> {
  try {
    return { workflow: await workflowOf(parts, environmentId, key, {}), category: undefined, policy: undefined };
  } catch (error) {
    if (error instanceof TidingsError && error.code === "not_found") return undefined;
    throw error;
  }
}
