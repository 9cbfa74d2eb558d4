import type { HistoryView } from "@tidings/client";
import { faultsOf } from "@tidings/contract/faults";
import { type HistoryBody, historyBodySchema } from "@tidings/contract/histories";
import type { Context } from "./command.ts";
import type { Outcome } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { historyLines } from "./history-lines.ts";
import { mergedHistory } from "./history-merge.ts";
import { Progress } from "./progress.ts";
import { readValue } from "./read-value.ts";

/** What a dry run of one event takes, and one over days does not. */
const ofOneEvent = ["event", "recipient", "data", "at", "assume", "preview"];

/** Goes over the events of the last days in as many calls as that takes. */
export async function dryRunHistory(context: Context): Promise<Outcome> {
  const { api, input, terminal, json, signal } = context;
  const key = input.argument(0);
  const body = await bodyOf(context);
  const progress = new Progress(terminal, "events weighed");
  const parts: HistoryView[] = [];
  try {
    let cursor: string | undefined;
    do {
      const part = await api().workflows.dryRunHistory(key, { ...body, list: true, cursor }, { signal });
      parts.push(part);
      cursor = part.nextCursor;
      const weighed = parts.reduce((sum, { events }) => sum + events.weighed, 0);
      progress.to(weighed, expected(part, weighed));
    } while (cursor !== undefined);
  } finally {
    progress.end();
  }
  const history = mergedHistory(parts);
  if (history === undefined) return "ok";
  if (json) terminal.document(history);
  else {
    for (const line of historyLines(history)) terminal.out(line);
    for (const { step, text } of history.assumed) terminal.note(`assumed of step ${step}: ${text}`);
    for (const { text } of history.notWeighed) terminal.note(text);
    terminal.note(history.basis);
  }
  return "ok";
}

/** As many as there would be if the rest of the time had as many as what is weighed. */
function expected({ from, to, until, isComplete }: HistoryView, weighed: number): number {
  const part = (Date.parse(until) - Date.parse(from)) / (Date.parse(to) - Date.parse(from));
  return isComplete || part <= 0 ? weighed : Math.round(weighed / part);
}

async function bodyOf({ input, cwd }: Context): Promise<HistoryBody> {
  const wrong = ofOneEvent.find((name) =>
    name === "preview"
      ? input.flag(name)
      : name === "recipient"
        ? input.list(name).length > 0
        : input.text(name) !== undefined,
  );
  if (wrong !== undefined)
    throw new Failure("usage", `--${wrong} is of one event, and --days goes over many`, {
      hint: "tidings help dry-run",
    });
  const file = async (name: string): Promise<unknown> => {
    const path = input.text(name);
    return path === undefined ? undefined : readValue(name, `@${path}`, cwd);
  };
  const prices = input.list("price").map((text) => text.split("="));
  const given = {
    days: input.whole("days", [1, 90]),
    tenant: input.text("tenant"),
    version: input.whole("version", [1, 1_000_000_000]),
    workflow: await file("file"),
    category: await file("category"),
    policy: await file("policy"),
    prices:
      prices.length === 0 ? undefined : Object.fromEntries(prices.map(([channel, price]) => [channel, Number(price)])),
  };
  const parsed = historyBodySchema.safeParse(
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  );
  if (parsed.success) return parsed.data;
  throw new Failure("usage", "this is not what a dry run over the past takes", {
    places: faultsOf(parsed.error).map(({ path, message }) => ({ at: path, message })),
    hint: "tidings help dry-run",
  });
}
