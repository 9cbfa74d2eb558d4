import type { PlantedBug } from "../planted-bug.ts";

/** Bugs of what only acts come to. */
export const actBugs: readonly PlantedBug[] = [
  {
    name: "a fallback that is not for what is refused",
    file: "domain/fallback.ts",
    find: `case "dead":
      return asked("failed");`,
    replace: `case "dead":
      return "ended";`,
    invariants: ["fallback-goes-out"],
  },
  {
    name: "a fallback although a message has arrived",
    file: "domain/fallback.ts",
    find: `if (ends.includes("delivered"))`,
    replace: `if (ends.every((end) => end === "delivered"))`,
    invariants: ["fallback-is-needed"],
  },
  {
    name: "a fallback that is written and its watch left open",
    file: "store/sqlite/calls/commit-runs.ts",
    find: 'const state = progress.kind === "dead" ? runStateCode.dead : runStateCode.completed;',
    replace: `if (turn.messages.length > 0 && database.get("select 1 from run where id = ? and watch_of is not null", runId)) return true;
  const state = progress.kind === "dead" ? runStateCode.dead : runStateCode.completed;`,
    invariants: ["comes-to-rest"],
  },
  {
    name: "a category's digest of several tenants",
    file: "domain/policy/preference-digest.ts",
    find: `["category", category, channel, frequency, tenant, recipient]`,
    replace: `["category", category, channel, frequency, recipient]`,
    invariants: ["digests-keep-keys-apart"],
  },
  {
    name: "a category's digest whose message and window are two commits",
    file: "store/sqlite/calls/commit-runs.ts",
    find: "if (turn.window !== null) endWindow(database, turn, turn.window);",
    replace: `if (turn.window !== null) endWindow(database, turn, turn.window);
      database.exec("release call; commit; begin immediate; savepoint call");`,
    invariants: [
      "in-one-digest",
      "expected-message-exists",
      "one-digest-per-window",
      "decisions-once",
      "statistics-add-up",
    ],
  },
  {
    name: "what caps demote, and no digest takes",
    file: "store/sql/attention.ts",
    find: "else joins.push({ ...join, decision });",
    replace: "else decisions.push(decision);",
    invariants: ["in-one-digest"],
  },
  {
    name: "a cap that does not count what lies ahead",
    file: "domain/attention.ts",
    find: "const counted = kept(entries, now, claim.entriesMax);",
    // Digests that wait for a place have one.
    replace: "const counted = kept(entries, now, claim.entriesMax).filter((entry) => entry.at <= now);",
    invariants: ["caps-hold"],
  },
  {
    name: "a page of a segment that ends with its last member",
    file: "pipeline/orchestrate/audience-pages.ts",
    find: "return found?.passed ?? [];",
    replace: "return found?.members ?? [];",
    invariants: ["campaign-reaches-once"],
  },
  {
    name: "a campaign that does not count what is canceled",
    file: "store/sqlite/calls/cancel-events.ts",
    find: `count(labels, "canceled", now, `,
    replace: `count({ ...labels, campaign: undefined }, "canceled", now, `,
    invariants: ["campaign-progress-is-true"],
  },
  {
    name: "a message that starts although its recipient has said no",
    file: "store/sqlite/calls/start-attempts.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a piece of the source
    find: "and not ${suppressed} and not ${refusesSql}",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a piece of the source
    replace: "and not ${suppressed}",
    invariants: ["not-after-opt-out"],
  },
  {
    name: "a sunset that asks of one address only",
    file: "domain/sunset.ts",
    find: `if (state.askedBy === by) return { outcome: "ask", state };`,
    replace: "",
    invariants: ["sunset-is-kept"],
  },
  {
    name: "a sunset that forgets that it has asked",
    file: "domain/sunset.ts",
    find: "state: { ...state, askedAt: at, askedBy: by }",
    replace: "state: { ...state, since: at }",
    invariants: ["sunset-is-kept"],
  },
  {
    name: "a look back that goes too far",
    file: "domain/steps/recent-step.ts",
    find: "(fieldsOf(step).days ?? 30) * dayMs",
    replace: "(fieldsOf(step).days ?? 30) * 2 * dayMs",
    invariants: ["recent-tells-the-truth"],
  },
];
