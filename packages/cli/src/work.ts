import type { Canceled } from "@tidings/client";
import type { Api } from "./api.ts";
import type { Context } from "./command.ts";
import type { Outcome } from "./exit-codes.ts";
import { pause } from "./pause.ts";
import { Progress } from "./progress.ts";

const lookMs = 1000;

/** Calls of one kind of work in the API. */
interface WorkCalls<View> {
  get(id: string, options: { signal: AbortSignal }): Promise<View>;
  list(query: { limit: number }, options: { signal: AbortSignal }): AsyncIterable<View>;
  cancel(id: string, options: { signal: AbortSignal }): Promise<Canceled>;
}

/** Long work of a server that can be listed, followed and canceled: a campaign, a replay. */
export interface Work<View extends { state: string }> {
  /** In words, such as `campaign`; commands begin with its plural. */
  noun: string;
  /** Of the API, where it is listed. */
  path: string;
  /** What the bar counts. */
  counts: string;
  columns: readonly string[];
  calls(api: Api): WorkCalls<View>;
  row(view: View): string[];
  lines(view: View): string[];
  /** How much is done, and of how much; the second is left out while nobody knows. */
  measure(view: View): { done: number; total: number | undefined } | undefined;
  isUnderWay(view: View): boolean;
  canceledText(stopped: Canceled): string;
}

/** Follows it until nothing of it is under way, with a bar, and shows it then. */
export async function showWatched<View extends { state: string }>(
  work: Work<View>,
  { api, terminal, json, signal }: Context,
  id: string,
): Promise<Outcome> {
  const view = await followed(work, { calls: work.calls(api()), bar: new Progress(terminal, work.counts), signal }, id);
  if (json) terminal.document(view);
  else for (const line of work.lines(view)) terminal.out(line);
  return view.state === "done" ? "ok" : "difference";
}

async function followed<View extends { state: string }>(
  work: Work<View>,
  { calls, bar, signal }: { calls: WorkCalls<View>; bar: Progress; signal: AbortSignal },
  id: string,
): Promise<View> {
  try {
    for (;;) {
      const view = await calls.get(id, { signal });
      const measured = work.measure(view);
      if (measured !== undefined) bar.to(measured.done, measured.total);
      if (!work.isUnderWay(view)) return view;
      await pause(lookMs, signal);
    }
  } finally {
    bar.end();
  }
}
