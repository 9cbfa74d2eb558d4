import { actBugs } from "./acts/planted-bugs.ts";
import type { PlantedBug } from "./planted-bug.ts";

export const plantedBugs: readonly PlantedBug[] = [
  ...actBugs,
  {
    name: "acknowledge before commit",
    file: "store/sqlite/turn.ts",
    find: `this.#database.step("commit");`,
    // The edge between the answers and the commit is one that a crash can meet.
    replace: `for (const reply of replies) answer(reply);\n between("executed");\n this.#database.step("commit");`,
    // A report that was taken and is lost leaves its message in another state than the reports say; a key that is lost makes a second event.
    invariants: [
      "acknowledged-event-exists",
      "acknowledged-report-is-kept",
      "feedback-is-order-free",
      "doubled-post-same-id",
    ],
  },
  {
    name: "settle before work",
    file: "store/sqlite/calls/commit-events.ts",
    find: `if (!advance(database, turn)) return { status: "lost" };`,
    replace: `if (!advance(database, turn)) return { status: "lost" };
      database.exec("release call; commit; begin immediate; savepoint call");`,
    // A turn that is settled before its work is written is taken again by nobody, or written twice.
    invariants: ["expected-message-exists", "recipient-is-explained", "in-one-digest", "decisions-once"],
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
    file: "pipeline/orchestrate/open-run.ts",
    find: "const journal = journalOf(record, keyring);",
    // Each turn asks anew for what an earlier one was answered.
    replace: `const { http } = arguments[2];
  const ask = async () => {
    const answer = await http.request({ method: "GET", url: "https://again.example/", headers: {}, timeoutMs: 1000 });
    return answer.status === "response" ? { body: JSON.parse(String(answer.body)) } : { error: answer.code };
  };
  const steps = Object.keys(journalOf(record, keyring));
  const journal = Object.fromEntries(await Promise.all(steps.map(async (id) => [id, await ask()])));`,
    invariants: ["drawn-once", "fetched-only-while-waited-for"],
  },
  {
    name: "an endpoint told outside of the transaction",
    file: "store/sqlite/turn.ts",
    find: `this.#database.exec("rollback");`,
    // What is told survives the rollback of what it tells of.
    replace: `const told = this.#database.all("select * from webhook_delivery");
      this.#database.exec("rollback");
      for (const row of told) {
        const values = Object.values(row);
        this.#database.run("insert or ignore into webhook_delivery values (" + values.map(() => "?").join(", ") + ")", ...values);
      }`,
    invariants: ["endpoint-is-told-the-truth", "endpoint-is-told"],
  },
  {
    name: "a state of which no endpoint is told",
    file: "store/sqlite/calls/settle.ts",
    find: "context.webhooks.state(environmentId, tenant, messageId, after.state, at);",
    replace: "",
    invariants: ["endpoint-is-told"],
  },
  {
    name: "requests to one host without a bound",
    file: "lib/keyed-workers.ts",
    find: "< openPerBoundMax);",
    replace: "< Number.POSITIVE_INFINITY);",
    invariants: ["fetches-bounded"],
  },
  {
    name: "a start that asks for nothing in front of it",
    file: "store/sql/order.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a piece of the source
    find: "`(${message}.order_key is not null and (${messageAhead(message)} or ${otherAhead(message)}))`;",
    replace: "`false`;",
    invariants: ["order-is-kept"],
  },
  {
    name: "a message that takes no older one's place",
    file: "store/sqlite/calls/start-attempts.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a piece of the source
    find: "and not ${overtakenSql} and",
    replace: "and",
    invariants: ["newest-goes-out"],
    // It takes a newer one that is written between a look and a START.
    firstSeed: 2080,
  },
  {
    name: "a window that does not keep the event which fills it",
    file: "store/sql/digest-fold.ts",
    find: "into.entries.push({",
    replace: "if (window.state.isOpen) into.entries.push({",
    invariants: ["in-one-digest"],
  },
  {
    name: "a window that is closed, and leaves its events to the next",
    file: "store/sqlite/calls/digest.ts",
    find: `database.run("delete from digest_entry where window_id = ?", runId);`,
    replace: "",
    invariants: ["digests-are-closed"],
  },
  {
    name: "a run that comes to wait, and looks for nothing that has arrived",
    file: "store/sqlite/calls/waits.ts",
    find: "return firstFor(recentAt(database, environmentId, keyHash), { since, dueAt, eventId });",
    replace: "return undefined;",
    invariants: ["waits-tell-the-truth"],
  },
  {
    name: "a time-out that asks for nothing that has arrived meanwhile",
    file: "store/sqlite/calls/commit-runs.ts",
    find: "and arrived_event is ? and state",
    replace: "and (arrived_event is ? or 1) and state",
    invariants: ["waits-tell-the-truth"],
    firstSeed: 470,
  },
  {
    name: "an arrival that forgets those whom it has not woken yet",
    file: "store/sqlite/calls/waits.ts",
    find: "database.run(leftSql, environmentId, keyHash, eventId, at);",
    replace: "",
    invariants: ["waits-tell-the-truth"],
  },
  {
    name: "an event that a step sends for one of many recipients",
    file: "pipeline/orchestrate/derived-events.ts",
    find: `services.ids.derive(receivedAt, "event", frame.id, step.id)`,
    // Its run is forgotten: the next run of the event makes the same.
    replace: `services.ids.derive(0, "event", frame.eventId, step.id)`,
    invariants: ["comes-to-rest", "derived-with-its-turn"],
  },
  {
    name: "an event that a step sends without its turn",
    file: "store/sqlite/calls/derived.ts",
    find: "for (const event of fit.events) insertEvent(",
    replace: "for (const event of fit.events.slice(1)) insertEvent(",
    invariants: ["derived-with-its-turn", "derived-is-counted"],
  },
  {
    name: "an account that let nothing out once is never asked again",
    file: "pipeline/deliver/gate.ts",
    find: "return this.#probes;",
    replace: "return 0;",
    invariants: ["comes-to-rest", "message-ends"],
    // Of the channels with one provider alone, and in worlds where no crash begins anew.
    firstSeed: 280,
  },
  {
    name: "marketing that may be at a silent provider goes out by another one",
    file: "domain/route.ts",
    find: `if (lane === "marketing") return same;`,
    replace: "",
    invariants: ["marketing-at-most-once"],
    firstSeed: 230,
  },
];
