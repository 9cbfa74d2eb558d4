import { type DryRunView, dryRunBodySchema } from "@tidings/contract/dry-runs";
import { limits } from "@tidings/contract/limits";
import type { Handlers } from "../handler.ts";
import { body, parameter } from "../validation.ts";
import { iso } from "../views.ts";
import { outcomeView } from "./outcome-view.ts";
import type { DryRunParts } from "./parts.ts";
import { previewed } from "./previewed.ts";
import { requestOf } from "./request.ts";
import { Told } from "./told.ts";

/** What a workflow would do with an event. Nothing is sent or stored. */
export function dryRunHandlers(parts: DryRunParts): Handlers {
  return {
    dryRunWorkflow: async (request, { environmentId }): Promise<DryRunView> => {
      const wanted = body(dryRunBodySchema, request);
      const asked = await requestOf(parts, environmentId, parameter(request, "key"), wanted);
      const told = new Told();
      const { lane, weighed, leftOut } = await parts.dryRun.run(environmentId, asked, (page) => told.take(page));
      const { outcomes } = told;
      const previews = wanted.preview === true ? await previewed(parts, environmentId, outcomes) : new Map();
      return {
        workflow: asked.workflow.key,
        workflowVersion: asked.workflow.version,
        lane,
        at: iso(asked.now),
        outcomes: outcomes.map((outcome) => outcomeView(outcome, previews.get(outcome))),
        ...told.view(),
        recipients: { weighed, shown: Math.min(weighed, limits.recipientsPerDryRun) },
        truncated: leftOut !== undefined,
        leftOut: leftOut === undefined ? undefined : { ...leftOut, segments: [...leftOut.segments] },
      };
    },
  };
}
