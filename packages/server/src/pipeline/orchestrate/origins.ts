import type { WorkflowBody } from "@tidings/contract/workflows";
import type { MessageOrigin } from "../../domain/message.ts";

/** Origins of one workflow document; a tenant, a lane or a template that changes makes another. */
const originsMax = 1000;
const origins = new WeakMap<WorkflowBody, Map<string, MessageOrigin>>();

/** What was asked for last: messages of one step come in a row, and a name is built anew each time. */
let lastDocument: WorkflowBody | undefined;
let last: MessageOrigin | undefined;

/** The one object for this origin: messages that share it are written, sent and counted with it. */
export function sharedOrigin(document: WorkflowBody, origin: MessageOrigin): MessageOrigin {
  if (last !== undefined && lastDocument === document && isSame(last, origin)) return last;
  lastDocument = document;
  last = kept(document, origin);
  return last;
}

function isSame(one: MessageOrigin, other: MessageOrigin): boolean {
  return (
    one.step === other.step &&
    one.templateVersion === other.templateVersion &&
    one.lane === other.lane &&
    one.tenant === other.tenant
  );
}

function kept(document: WorkflowBody, origin: MessageOrigin): MessageOrigin {
  const name = `${origin.step}\n${origin.templateVersion}\n${origin.lane}\n${origin.tenant}`;
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
