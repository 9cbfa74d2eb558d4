import type { Session } from "../session.ts";

/**
 * Who begins or ends pauses does so alone: a number of the sequence is then never seen before a lower one, and nobody keeps a message
 * by a pause that has ended. A lock of the pause's row would say the same, but many who share it in turn may keep out for long who
 * wants it alone; these locks come in the order in which they are asked for.
 */
export const lockPauses = (sql: Session): Promise<void> => sql.exec("select pg_advisory_xact_lock(7104403)");

/** For who keeps messages: no pause ends before this transaction does. */
export const sharePauses = (sql: Session): Promise<void> => sql.exec("select pg_advisory_xact_lock_shared(7104403)");
