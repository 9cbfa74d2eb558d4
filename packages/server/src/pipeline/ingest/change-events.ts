import type { EventBody } from "@tidings/contract/events";
import type { NewEvent } from "../../ports/store/ingest.ts";
import { type PrepareContext, type Prepared, prepareEvent } from "./prepare.ts";

/** An event that is written by the call that makes the change it tells of. */
export interface ChangeEvent {
  event: NewEvent;
  /** Hands it on: both are committed. */
  committed(): void;
}

interface ChangeContext extends PrepareContext {
  onStoreError: (error: unknown) => void;
}

/** Most changes are awaited by nobody, and cost no more than this look. */
export function changeEvent(
  context: ChangeContext,
  environmentId: number,
  name: string,
  bodyOf: () => EventBody,
): Prepared | undefined {
  if (context.configuration.workflowsFor(environmentId, name).length === 0) return undefined;
  try {
    return prepareEvent(context, environmentId, bodyOf(), null, undefined);
  } catch (error) {
    context.onStoreError(error);
    return undefined;
  }
}
