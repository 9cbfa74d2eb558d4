import { type HistoryBody, type HistoryView, historyBodySchema } from "@tidings/contract/histories";
import { TidingsError } from "../../errors.ts";
import type { HistoryPlace, HistorySide } from "../../ports/histories.ts";
import { cursorOf, positionOf } from "../cursor.ts";
import type { Handlers } from "../handler.ts";
import { body, parameter } from "../validation.ts";
import { iso } from "../views.ts";
import { historyView } from "./history-view.ts";
import type { DryRunParts } from "./parts.ts";
import { checkTried, workflowOf } from "./request.ts";

const dayMs = 86_400_000;
/** Where it goes on: up to when, the event behind which; within an event, which one, and where it stands among its recipients. */
const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const historyPosition = new RegExp(
  `^\\d{1,15}:(?:${uuid})?(?:\\|${uuid}\\|\\d{1,10}\\|(?:\\d{1,3}:.{0,200})?)?$`,
  "su",
);
const basis =
  "Recipients' data, preferences, consents and suppressions are those of now, and so are the members of topics and segments. Caps, dedupe keys, throttles and digests count what the same side would have sent in this time.";

/** What a change of a workflow would have done with past events. Nothing is sent or stored. */
export function historyHandlers(parts: DryRunParts): Handlers {
  return {
    dryRunHistory: async (request, { environmentId }): Promise<HistoryView> => {
      const wanted = body(historyBodySchema, request);
      const key = parameter(request, "key");
      const published = await publishedOf(parts, environmentId, key);
      const proposed = await proposedOf(parts, environmentId, key, wanted);
      const { to, place } = placeOf(wanted.cursor, parts.clock.now());
      const from = to - wanted.days * dayMs;
      const asked = { published, proposed, tenant: wanted.tenant, from, to, place };
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
        nextCursor: next === undefined ? undefined : cursorOf(textOf(to, next)),
        ...historyView(result, wanted),
      };
    },
  };
}

function textOf(to: number, { after, inside }: HistoryPlace): string {
  const place = `${to}:${after ?? ""}`;
  return inside === undefined ? place : [place, inside.event, inside.cursor, inside.position ?? ""].join("|");
}

function placeOf(cursor: string | undefined, now: number): { to: number; place: HistoryPlace } {
  const position = positionOf(cursor, historyPosition);
  if (position === "") return { to: now, place: { after: null, inside: undefined } };
  const [behind = "", event, at, ...rest] = position.split("|");
  const [to, after = ""] = behind.split(":");
  // A recipient's id may have any sign in it.
  const among = rest.join("|");
  const inside = event === undefined ? undefined : { event, cursor: Number(at), position: among === "" ? null : among };
  return { to: Number(to), place: { after: after === "" ? null : after, inside } };
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
