import type { WorkflowBody } from "@tidings/contract/workflows";
import type { MessageOrigin } from "../../domain/message.ts";

/** Origins of one workflow document; a tenant, a lane or a template that changes makes another. */
const originsMax = 1000;
const origins = new WeakMap<WorkflowBody, Map<string, MessageOrigin>>();

/** The one object for this origin: messages that share it are written, sent and counted with it. */
export function sharedOrigin(document: WorkflowBody, origin: MessageOrigin): MessageOrigin {
  const name = `${origin.step}\n${origin.templateVersion}\n${origin.lane}\n${origin.tenant}\n${origin.campaign ?? ""}`;
  let known = origins.get(document);
  if (known === undefined) {
    known = new Map();
    origins.set(document, known);
  }
  const shared = known.get(name);
  if (shared !== undefined) return shared;
  if (known.size >= originsMax) known.clear();
  known.set(name, origin);
  return origin;
}
