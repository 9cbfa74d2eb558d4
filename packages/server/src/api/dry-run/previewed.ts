import { limits } from "@tidings/contract/limits";
import type { Preview } from "@tidings/contract/previews";
import { templateBodySchema } from "@tidings/contract/templates";
import { TemplateFault } from "../../domain/template-fault.ts";
import { TidingsError } from "../../errors.ts";
import type { DryRunOutcome } from "../../ports/dry-run.ts";
import type { TemplateFacts } from "../../ports/template-engine.ts";
import { exampleLinks, previewOf, tenantOf } from "../preview.ts";
import { storedLibrary } from "../stored-documents.ts";
import type { DryRunParts } from "./parts.ts";

type Sent = Extract<DryRunOutcome, { rendering: unknown }>;

/** The first messages that would go out, as they would look. */
export async function previewed(
  parts: DryRunParts,
  environmentId: number,
  outcomes: readonly DryRunOutcome[],
): Promise<Map<DryRunOutcome, Preview>> {
  const previews = new Map<DryRunOutcome, Preview>();
  for (const outcome of outcomes) {
    if (previews.size >= limits.previewsPerDryRun) break;
    if ("message" in outcome && !outcome.isSuppressed)
      previews.set(outcome, await preview(parts, environmentId, outcome));
  }
  return previews;
}

async function preview(parts: DryRunParts, environmentId: number, { message, rendering }: Sent): Promise<Preview> {
  const { template: key, templateVersion: version, channel, tenant } = message.origin;
  const row = await parts.configuration.store.getConfiguration({ environmentId, kind: "template", key, version });
  if (row === undefined) throw new TidingsError("not_found");
  const template = templateBodySchema.parse(JSON.parse(row.document));
  const library = await storedLibrary(parts.configuration.store, environmentId, template);
  const facts: TemplateFacts = {
    data: rendering.data,
    recipient: rendering.recipient,
    steps: rendering.steps,
    message: { id: message.id },
    ...exampleLinks,
    tenant: tenant === "" ? undefined : await tenantOf(parts, environmentId, tenant),
  };
  try {
    const { content, missing } = parts.templates.preview(template, channel, library, facts);
    return previewOf(content, missing);
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    const { field, line, message: text } = error;
    return {
      content: {},
      warnings: [{ path: field, ...(line === undefined ? {} : { line }), variable: "", message: text }],
    };
  }
}
