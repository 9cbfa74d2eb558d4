import { isIPv4 } from "node:net";
import { type Check, failed, note, ok } from "../check.ts";
import type { SpfWalk } from "./spf-walk.ts";
import { spfLookUpsMax } from "./spf-walk.ts";
import { txtLine } from "./zone-line.ts";

export interface Report {
  checks: Check[];
  /** Lines for the zone. */
  publish: string[];
}

/** Look-ups in vain that a receiver puts up with (RFC 7208 §4.6.4). */
const voidsMax = 2;
const name = "SPF";

/** What is wrong with a domain's record. `addresses` are those that mail is sent from. */
export function judgeSpf(domain: string, walk: SpfWalk, addresses: readonly string[]): Report {
  const { records, unanswered } = walk;
  const [text] = records;
  const networks = addresses.map((address) => `${isIPv4(address) ? "ip4" : "ip6"}:${address}`);
  const proposal = ["v=spf1", ...(networks.length === 0 ? ["mx"] : networks), "~all"].join(" ");
  if (text === undefined && unanswered.length === 0) {
    const hint = "Publish one that names who sends for you; a vendor's page says what it wants to be included";
    return { checks: [failed(name, `${domain} has no record`, hint)], publish: [txtLine(domain, proposal)] };
  }
  if (records.length > 1) {
    const hint = "Put what they name into one, and take away the others";
    return {
      checks: [failed(name, `${domain} has ${records.length} records, and so for receivers none`, hint)],
      publish: [],
    };
  }
  const faults = spfFaults(walk);
  const notes = spfNotes(walk);
  const sound = ok(name, `${text}, with ${walk.lookUps} of at most ${spfLookUpsMax} look-ups`);
  return {
    checks: [
      ...faults.map(([detail, hint]) => failed(name, detail, hint)),
      ...(faults.length === 0 ? [sound] : []),
      ...notes.map(([detail, hint]) => note(name, detail, hint)),
      ...(unanswered.length === 0 && faults.length === 0
        ? addresses.map((address) => judgeAddress(address, walk))
        : []),
    ],
    publish: [],
  };
}

type Said = readonly [detail: string, hint?: string];

function spfFaults({ faults, unanswered, lookUps, ending, records }: SpfWalk): Said[] {
  const said: Said[] = faults.map((fault) => [fault, "Receivers treat it as if there were none (RFC 7208 §2.6.7)"]);
  if (unanswered.length > 0)
    said.push([`could not be looked up: ${unanswered.join(", ")}`, "Ask again; else ask who serves the zone"]);
  if (lookUps > spfLookUpsMax)
    said.push([
      `takes ${lookUps > 40 ? "more than 40" : lookUps} look-ups, more than ${spfLookUpsMax}`,
      "Take out what sends no more, or give some mail a subdomain with a record of its own",
    ]);
  if (ending === "+") said.push(["ends in +all: anybody may send", "End it in ~all or -all"]);
  // what could not be read may have it
  const isRead = records.length === 1 && unanswered.length === 0 && faults.length === 0;
  if (isRead && (ending === undefined || ending === "?"))
    said.push([
      `ends in ${ending === undefined ? "no all" : "?all"}: it says nothing of who is not named`,
      "End it in ~all or -all",
    ]);
  return said;
}

function spfNotes({ voids, usesPtr }: SpfWalk): Said[] {
  const said: Said[] = [];
  if (voids > voidsMax)
    said.push([`names ${voids} things that are not there; some receivers put up with ${voidsMax}`, "Take them out"]);
  if (usesPtr) said.push(["has ptr, which should not be used (RFC 7208 §5.5)", "Name the addresses instead"]);
  return said;
}

function judgeAddress(address: string, { passes, usesPtr }: SpfWalk): Check {
  const isIn = passes.check(address, isIPv4(address) ? "ipv4" : "ipv6");
  if (isIn) return ok(`${name} of ${address}`, "passes");
  const term = `${isIPv4(address) ? "ip4" : "ip6"}:${address}`;
  const hint = `Add ${term} where mail with this domain's return path leaves from there`;
  return usesPtr
    ? note(`${name} of ${address}`, "is not named; ptr may let it pass", hint)
    : failed(`${name} of ${address}`, "is not named by the record", hint);
}
