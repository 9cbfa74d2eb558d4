import type { NewMessage } from "../../ports/store/orchestrate.ts";

/** Until when a rule puts a message off as it is made, ms; null where it may go out at once: how long that takes is counted from then. */
export function putOffTo({ dueAt, createdAt }: Pick<NewMessage, "dueAt" | "createdAt">): number | null {
  return dueAt !== null && dueAt > createdAt ? dueAt : null;
}
