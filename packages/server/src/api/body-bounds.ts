import { bodyBytesWithAttachments } from "./attachments.ts";
import type { ApiLimits } from "./limits.ts";

/** Bytes that the body of an operation may have. */
export function bodyBytesOf(operation: string, limits: ApiLimits): number {
  if (operation === "sendEvents") return limits.batchBodyBytesMax;
  if (operation === "sendMessage")
    return bodyBytesWithAttachments(limits.bodyBytesMax, limits.messageAttachmentsBytesMax);
  return isSet(operation) ? limits.configurationBodyBytesMax : limits.bodyBytesMax;
}

/** In a set a document lies three levels deeper than in a body of its own. */
const setDepth = 3;

/** Levels that the body of an operation may have. */
export function bodyDepthOf(operation: string, depthMax: number): number {
  return isSet(operation) ? depthMax + setDepth : depthMax;
}

const isSet = (operation: string): boolean => operation === "checkConfiguration" || operation === "applyConfiguration";
