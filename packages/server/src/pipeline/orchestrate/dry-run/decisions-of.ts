import type { NewDecision, TurnWrites } from "../../../ports/store/orchestrate.ts";

/** What a turn decides, in itself and by what it makes. */
export function decisionsOf({
  decisions,
  joins,
  events = [],
}: Pick<TurnWrites, "decisions" | "joins" | "events">): NewDecision[] {
  return [
    ...decisions,
    ...joins.map(({ decision }) => decision),
    // None of them is there: nothing tells of its id.
    ...events.map(({ name, decision }) => ({ ...decision, detail: name })),
  ];
}
