import { type CampaignBody, eventOfCampaign } from "@tidings/contract/campaigns";
import type { Fault } from "@tidings/contract/errors";
import type { CampaignDocument } from "../../domain/campaign.ts";
import { TidingsError } from "../../errors.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import { type PrepareContext, type Prepared, prepareEvent } from "./prepare.ts";
import { recipientsOf } from "./recipients.ts";

/** A campaign is its event, with a row in which its progress is kept. Throws `validation_failed`. */
export function prepareCampaign(
  context: PrepareContext,
  environmentId: number,
  body: CampaignBody,
  idempotency: NewEvent["idempotency"],
  trace: string | undefined,
): Prepared {
  const faults = referenceFaults(context, environmentId, body);
  if (faults.length > 0) throw new TidingsError("validation_failed", { faults });
  const { spread } = body;
  const event = eventOfCampaign(body, `campaign:${context.ids.next()}`);
  const plan = spread === undefined ? {} : { spread };
  const prepared = prepareEvent(context, environmentId, event, idempotency, trace, "", plan);
  const { ids, topics, segments } = recipientsOf(body.recipients);
  const document: CampaignDocument = { topics, segments, named: ids.length, ...plan };
  prepared.event.campaign = {
    name: body.name,
    document: JSON.stringify(document),
    countedTopics: segments.length > 0 ? null : topics,
    named: ids.length,
  };
  return prepared;
}

/** A campaign that would reach nobody is a mistake, where an event may be early. */
function referenceFaults(
  { configuration }: PrepareContext,
  environmentId: number,
  { event, recipients }: CampaignBody,
): Fault[] {
  const faults: Fault[] = [];
  if (configuration.workflowsFor(environmentId, event).length === 0)
    faults.push({ path: "event", message: "no workflow awaits it" });
  for (const [index, recipient] of recipients.entries()) {
    if (typeof recipient !== "object" || !("segment" in recipient)) continue;
    if (configuration.segment(environmentId, recipient.segment) === undefined)
      faults.push({ path: `recipients[${index}].segment`, message: "there is no such segment" });
  }
  return faults;
}
