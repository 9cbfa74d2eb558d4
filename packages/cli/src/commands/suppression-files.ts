import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { TidingsApiError } from "@tidings/client";
import type { Command, Context } from "../command.ts";
import { csvParts } from "../csv-parts.ts";
import type { Outcome } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";
import { failureOf } from "../failure-of.ts";

/** What one call of the API takes as it is set by itself. */
const recordsPerCall = 10_000;
const lengthPerCall = 4 * 1024 * 1024;
const answerShownMax = 4096;

export const importSuppressions: Command = {
  name: "suppressions import",
  summary: "Add suppressions from a CSV file",
  description: [
    "The first line names the columns: channel; address or address_hash; and, where wanted, scope, value, reason, created_at and hash_key. A long file goes in parts of 10,000 records, each taken whole or not at all. Where one has a fault, the command names the lines and stops: corrected, the same file can be imported again, as what is there already stays as it is.",
  ],
  arguments: [{ name: "file", summary: "The file; /dev/stdin reads what is piped in" }],
  examples: [
    { line: "tidings suppressions import unsubscribed.csv", says: "What another system knows" },
    {
      line: "tidings suppressions import suppressions.csv",
      says: "Back into the same environment",
    },
  ],
  json: '`{"added", "present"}`',
  run: runImport,
};

async function runImport({ api, input, terminal, json, cwd, signal }: Context): Promise<Outcome> {
  const file = input.argument(0);
  const total = { added: 0, present: 0 };
  const bounds = { recordsMax: recordsPerCall, lengthMax: lengthPerCall };
  for await (const part of csvParts(piecesOf(file, resolve(cwd, file)), bounds)) {
    try {
      const { added, present } = await api().suppressions.import(part.text, { signal });
      total.added += added;
      total.present += present;
    } catch (error) {
      throw inFile(error, file, part.linesBefore, total.added + total.present);
    }
  }
  if (json) terminal.document(total);
  else terminal.out(`${total.added} added, ${total.present} there already`);
  return "ok";
}

async function* piecesOf(file: string, path: string): AsyncIterable<string> {
  const stream = createReadStream(path, { encoding: "utf8" });
  try {
    for await (const piece of stream) yield String(piece);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (code === "ENOENT") throw usage(`there is no file ${file}`);
    throw typeof code === "string" ? usage(`${file} cannot be read (${code})`) : error;
  }
}

/** The API's faults at their lines of the file. */
function inFile(error: unknown, file: string, linesBefore: number, taken: number): unknown {
  if (!(error instanceof TidingsApiError) || error.faults.length === 0) return error;
  const { outcome, message, code } = failureOf(error);
  const places = error.faults.map(({ path, message: what, line = 1 }) => ({
    at: `${file}:${line === 1 ? 1 : line + linesBefore}`,
    message: path === "" ? what : `${path} ${what}`,
  }));
  const hint = taken === 0 ? "nothing was imported" : `${taken} records before them are in; of this part none is`;
  return new Failure(outcome, message, { places, code, hint });
}

export const exportSuppressions: Command = {
  name: "suppressions export",
  summary: "Write all suppressions to stdout as CSV",
  description: ["Addresses are not kept, so it has their hashes. They are taken back by the same environment alone."],
  examples: [{ line: "tidings suppressions export | tee suppressions.csv", says: "A copy" }],
  json: "The same CSV",
  run: runExport,
};

async function runExport({ connection, terminal, signal }: Context): Promise<Outcome> {
  const { url, apiKey } = connection();
  if (apiKey === undefined) throw usage(`no API key for ${url}`, "Set TIDINGS_API_KEY, or name a --profile");
  const headers = { authorization: `Bearer ${apiKey}` };
  const answer = await reached(() => fetch(`${url}/v1/suppressions/export`, { headers, redirect: "manual", signal }));
  if (answer.status !== 200 || answer.body === null) {
    const said = (await answer.text()).slice(0, answerShownMax);
    throw new Failure("refused", `the export was refused with ${answer.status}`, { hint: said });
  }
  const decoder = new TextDecoder();
  let open = "";
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reached(() => reader.read());
    if (done) break;
    const lines = (open + decoder.decode(value, { stream: true })).split("\n");
    open = lines.pop() ?? "";
    for (const line of lines) terminal.out(line);
  }
  if (open !== "") terminal.out(open);
  return "ok";
}

/** A connection that breaks in the middle leaves a part on stdout, and a status that says so. */
async function reached<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw new Failure("unreachable", "the server was not reached, or the connection broke", { cause });
  }
}
