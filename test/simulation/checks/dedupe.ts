import type { Cast } from "../cast.ts";
import { workflows } from "../documents.ts";
import type { EndFacts } from "./facts.ts";
import { type Run, runOf } from "./run-of.ts";

/** Of runs with one dedupe key inside the window only the first is started. */
export function checkDedupe(cast: Cast, facts: EndFacts): void {
  for (const [workflow, { event: name, dedupe }] of Object.entries(workflows)) {
    if (dedupe === undefined) continue;
    const windowMs = dedupe.windowSeconds * 1000;
    const runs = facts.events
      .filter(({ posted }) => posted.intent.body.name === name && posted.intent.body.data?.issue !== undefined)
      .flatMap((event) => cast.people.map((person) => runOf(cast, facts, event, workflow, person)));
    for (const run of runs) {
      const others = runs.filter(
        (other) =>
          other.person === run.person &&
          other.event.posted.intent.body.data?.issue === run.event.posted.intent.body.data?.issue,
      );
      const near = others.filter(
        (other) => other !== run && Math.abs(other.event.receivedAt - run.event.receivedAt) < windowMs,
      );
      const label = `${run.event.posted.intent.ref} for ${run.person.id}`;
      if (run.messages.length > 0 && near.some(({ messages }) => messages.length > 0)) {
        cast.world.violate("deduplicated", `${label} was started beside another`);
      }
      if (isLoser(run) && !near.some((other) => !isLoser(other)))
        cast.world.violate("deduplicated", `${label} lost to nobody`);
    }
  }
}

function isLoser({ decisions }: Run): boolean {
  return decisions.some(({ reason }) => reason === "deduplicated");
}
