import { eventStates } from "@tidings/contract/words";
import { openPayload } from "../../../packages/server/src/domain/event-payload.ts";
import { wordAt } from "../../../packages/server/src/store/sql/codes.ts";
import { integer, type SqlRow, text } from "../../../packages/server/src/store/sql/columns.ts";
import type { Cast } from "../cast.ts";
import { tellId, toldName, workflows } from "../documents.ts";
import { workflowsOf } from "./expected.ts";
import type { EndFacts, EventFact } from "./facts.ts";
import { runOf } from "./run-of.ts";

/** An event that a step sends is there once for each run that went on behind the step, and for no other. */
export function checkDerived(cast: Cast, facts: EndFacts): void {
  const { world } = cast;
  const rows = world.base.database.all("select * from event where root is not null");
  for (const row of rows) {
    const state = wordAt(eventStates, integer(row, "state"));
    if (state === "accepted" || state === "dead") world.violate("event-ends", `${text(row, "id")} is ${state}`);
    if (!facts.events.some(({ id }) => id === text(row, "root")))
      world.violate("derived-has-its-root", text(row, "id"));
  }
  for (const event of facts.events) {
    const own = rows.filter((row) => text(row, "root") === event.id);
    const counted = world.base.database.get("select events from derived where root = ?", event.id);
    if ((counted === undefined ? 0 : integer(counted, "events")) !== own.length)
      world.violate("derived-is-counted", `${event.posted.intent.ref}: ${own.length} events`);
    checkEvent(cast, facts, event, own);
  }
}

function checkEvent(cast: Cast, facts: EndFacts, event: EventFact, own: readonly SqlRow[]): void {
  const { ref, body, recipients } = event.posted.intent;
  const telling = workflowsOf(body.name).filter((key) => workflows[key]?.steps.some(({ id }) => id === tellId));
  const told = own.map((row) => recipientOf(cast, row));
  for (const workflow of telling) {
    for (const person of cast.people.filter(({ id }) => recipients.includes(id))) {
      const { decisions } = runOf(cast, facts, event, workflow, person);
      const wentOn = decisions.some(({ outcome }) => outcome === "branch");
      const said = decisions.filter(({ step, reason }) => step === tellId && reason === "event_sent").length;
      const found = told.filter((id) => id === person.id).length;
      const name = `${ref} ${workflow} ${person.id}: ${found} events, ${said} decisions`;
      if (found > 1 || said > 1) cast.world.violate("derived-once", name);
      if ((wentOn ? 1 : 0) !== found || said !== found) cast.world.violate("derived-with-its-turn", name);
    }
  }
  const strangers = told.filter((id) => telling.length === 0 || !recipients.includes(id));
  if (strangers.length > 0) cast.world.violate("derived-with-its-turn", `${ref}: about ${strangers.join()}`);
}

function recipientOf({ world }: Cast, row: SqlRow): string {
  const keyring = world.base.newKeyring(() => Buffer.alloc(0));
  const { recipients, data } = openPayload({ payload: text(row, "payload") }, world.base.environment.id, keyring);
  if (text(row, "name") !== toldName || integer(row, "depth") !== 1 || data["who"] !== recipients[0])
    world.violate("derived-carries-its-data", text(row, "id"));
  return recipients.join();
}
