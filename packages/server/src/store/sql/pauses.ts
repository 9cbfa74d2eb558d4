import { pausedUntil } from "./paused.ts";

/*
 * What a pause keeps is queued, and due when it expires, or at the end of time: nobody looks for it before. Who ends it, puts it off
 * or starts it gives it another due time, and with that it is kept no more, whatever its `pause_id` still says. A pause that has ended
 * keeps nothing more: whoever keeps a message asks for the pause in the same transaction.
 */

/** When a message is due that a pause keeps. */
export const keptUntilSql = `coalesce(expires_at, ${pausedUntil})`;
/** Which messages a pause keeps: as the index message_paused has it. */
export const keptSql = `pause_id is not null and due_at = ${keptUntilSql}`;

/** Kinds that close a way while another may be open. */
export const isOfIntegration = (kind: string): boolean => kind === "integration" || kind === "marketing";

/** One whose pause has ended when it was to be kept is looked at again so much later, ms: by then it is known that the pause has ended. */
export const lookAgainMs = 500;

/** The next number of the sequence. The last row is never deleted. */
export const nextSequenceSql = "(select coalesce(max(sequence), 0) + 1 from pause)";

/** Pauses that let go of what they kept in one transaction, each a share of its messages. */
export const releasedAtOnceMax = 20;
