/** A bug as it could be written by hand: in one place, in a copy of the sources, never in what is shipped. */
export interface PlantedBug {
  name: string;
  /** Under packages/server/src. */
  file: string;
  /** Must be there exactly once: a patch that fits nowhere proves nothing. */
  find: string;
  replace: string;
  /** Invariants of which one has to be named. */
  invariants: readonly string[];
}

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: "acknowledge before commit",
    file: "store/sqlite/turn.ts",
    find: `this.#database.step("commit");`,
    // The edge between the answers and the commit is one that a crash can meet.
    replace: `for (const reply of replies) answer(reply);\n between("executed");\n this.#database.step("commit");`,
    invariants: ["acknowledged-event-exists", "acknowledged-report-is-kept"],
  },
  {
    name: "settle before work",
    file: "store/sqlite/calls/commit-events.ts",
    find: `if (!advance(database, turn)) return { status: "lost" };`,
    replace: `if (!advance(database, turn)) return { status: "lost" };
      database.exec("release call; commit; begin immediate; savepoint call");`,
    invariants: ["expected-message-exists", "recipient-is-explained"],
  },
  {
    name: "missing fence",
    file: "store/sqlite/calls/record-outcomes.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a piece of the source
    find: "where id = ? and state = ${messageStateCode.sending} and attempts = ?`;",
    replace: "where id = ? and ? > 0`;",
    invariants: ["moves-are-legal", "outcome-of-attempt", "state-of-highest-attempt", "call-only-when-started"],
  },
  {
    name: "early timer",
    file: "store/sqlite/calls/due.ts",
    find: "const tenants = dueTenants(database, table, values, limit);",
    replace: `limit = { ...limit, now: limit.now + 2000 };\n  const tenants = dueTenants(database, table, values, limit);`,
    invariants: ["not-before-due"],
  },
  {
    name: "retry of a permanent refusal",
    file: "domain/retry.ts",
    find: `if (result.kind === "permanent") return { state: "failed", reason: result.code };`,
    replace: "",
    invariants: ["no-attempt-after-permanent-refusal"],
  },
  {
    name: "a fetch-like step that answers differently on a rerun",
    file: "pipeline/orchestrate/run-turn.ts",
    find: "journal: journalOf(record, services),",
    // Each turn asks anew for what an earlier one was answered.
    replace: `journal: Object.fromEntries(
      await Promise.all(
        Object.keys(journalOf(record, services)).map(async (id) => {
          const asked = services.steps.get("draw")?.evaluate({ id, type: "draw" }, { data: {}, journal: {} } as never);
          return [id, asked?.kind === "effect" ? await asked.perform() : null] as const;
        }),
      ),
    ),`,
    invariants: ["drawn-once"],
  },
];
