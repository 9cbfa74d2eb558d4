import type { ReplayView } from "@tidings/client";
import type { Api } from "./api.ts";
import type { Context } from "./command.ts";
import type { Outcome } from "./exit-codes.ts";
import { pause } from "./pause.ts";
import { Progress } from "./progress.ts";
import { replayLines } from "./replay-lines.ts";
import type { Terminal } from "./terminal.ts";

const lookMs = 1000;

/** Follows a replay until it is over. Of one over a stretch of time the bar is of that, as nobody knows how many there will be. */
async function followReplay(api: Api, id: string, terminal: Terminal, signal: AbortSignal): Promise<ReplayView> {
  const bar = new Progress(terminal, "events replayed");
  try {
    for (;;) {
      const replay = await api.replays.get(id, { signal });
      const { progress } = replay;
      if (progress !== undefined) bar.to(progress.replayed, expected(progress));
      if (replay.state !== "running") return replay;
      await pause(lookMs, signal);
    }
  } finally {
    bar.end();
  }
}

function expected({ total, replayed, part }: NonNullable<ReplayView["progress"]>): number | undefined {
  return total ?? (part > 0 ? Math.round(replayed / part) : undefined);
}

/** Shows it once it is over. */
export async function showWatched({ api, terminal, json, signal }: Context, id: string): Promise<Outcome> {
  const replay = await followReplay(api(), id, terminal, signal);
  if (json) terminal.document(replay);
  else for (const line of replayLines(replay)) terminal.out(line);
  return replay.state === "done" ? "ok" : "difference";
}
