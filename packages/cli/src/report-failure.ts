import { exitCodes, type Outcome } from "./exit-codes.ts";
import type { Failure } from "./failure.ts";
import { failureOf } from "./failure-of.ts";
import { plain, type Terminal } from "./terminal.ts";

interface ReportOptions {
  json: boolean;
  debug: boolean;
}

/** Places that are listed; the rest is counted. */
const placesMax = 50;

/** Says why a command failed, and gives its outcome. */
export function reportFailure(error: unknown, terminal: Terminal, { json, debug }: ReportOptions): Outcome {
  const failure = failureOf(error);
  if (json) terminal.complain(JSON.stringify({ error: documentOf(failure) }));
  else for (const line of linesOf(failure, terminal)) terminal.complain(line);
  if (debug) terminal.complain(stackOf(error));
  return failure.outcome;
}

function documentOf({ message, code, outcome, hint, places }: Failure) {
  return { message, code: code ?? outcome, exitCode: exitCodes[outcome].code, hint, places };
}

function linesOf(failure: Failure, terminal: Terminal): string[] {
  const lines = [`${terminal.noteStyle("red", "error:")} ${plain(failure.message)}`];
  for (const { at, message, hint } of failure.places.slice(0, placesMax)) {
    lines.push(`  ${terminal.noteStyle("bold", plain(at))}${at === "" ? "" : " "}${plain(message)}`);
    if (hint !== undefined) lines.push(`    ${plain(hint)}`);
  }
  const more = failure.places.length - placesMax;
  if (more > 0) lines.push(`  and ${more} more`);
  if (failure.hint !== undefined) lines.push(`${terminal.noteStyle("cyan", "hint:")} ${plain(failure.hint)}`);
  return lines;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
