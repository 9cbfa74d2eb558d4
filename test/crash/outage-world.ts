import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { lanes, messageStates } from "@tidings/contract/words";
import { z } from "zod";
import { currentAttemptSchema } from "../../packages/server/src/store/sql/attempts.ts";
import { wordAt } from "../../packages/server/src/store/sql/codes.ts";
import { readJournal } from "../harness/journal.ts";

export interface Outage {
  /** When the primary went, and when it was back, epoch ms. */
  from: number;
  to: number;
}

export interface OutageFigures {
  messages: number;
  /** Messages without an attempt when the primary went, made until it was back. */
  fresh: number;
  /** Of them, those that the secondary took within 10 s of the outage or of being made. */
  inTime: number;
  /** The longest that one of them took, ms. */
  longestMs: number;
  /** Attempts at the primary while it was away, after the first ten seconds. */
  probes: number;
  /** Messages made meanwhile. */
  beside: number;
  /** From its return until the primary took a message, ms. */
  backMs: number;
  /** Share of the last second's messages that the primary took. */
  shareAtEnd: number;
  /** Calls that were under way when it went, by class and by how the message ended. */
  openCalls: Record<string, number>;
  /** Messages that are neither sent nor, where their class allows it, unknown. */
  lost: string[];
  /** Marketing that went out twice. */
  doubled: string[];
}

const rowSchema = z.object({
  id: z.string(),
  lane: z.number(),
  state: z.number(),
  created_at: z.number(),
  attempt: z.string().nullable(),
  attempts: z.number(),
});
const earlierSchema = z.object({ integration: z.string(), started_at: z.number(), outcome: z.string() });

const inTimeMs = 10_000;

interface Tried {
  integration: string;
  startedAt: number;
  outcome: string;
}

/** What became of every message, by the server's own record and the two providers' journals. The server has ended. */
export async function outageFigures(
  dataDir: string,
  journals: { primary: string; secondary: string },
  { from, to }: Outage,
): Promise<OutageFigures> {
  const primary = await takenAt(journals.primary);
  const secondary = await takenAt(journals.secondary);
  const figures: OutageFigures = {
    messages: 0,
    fresh: 0,
    inTime: 0,
    longestMs: 0,
    probes: 0,
    beside: 0,
    backMs: Math.min(...[...primary.values()].flat().filter((at) => at > to)) - to,
    shareAtEnd: shareAtEnd(primary, secondary),
    openCalls: {},
    lost: [],
    doubled: [],
  };
  const database = new DatabaseSync(join(dataDir, "tidings.db"));
  try {
    for (const raw of database
      .prepare("select id, lane, state, created_at, attempt, attempts from message")
      .iterate()) {
      const row = rowSchema.parse(raw);
      const [lane, state] = [wordAt(lanes, row.lane), wordAt(messageStates, row.state)];
      const tries = triesOf(database, row);
      const went = [...(primary.get(row.id) ?? []), ...(secondary.get(row.id) ?? [])];
      figures.messages += 1;
      if (!(state === "sent" ? went.length > 0 : lane === "marketing" && state === "unknown"))
        figures.lost.push(`${lane} ${row.id} is ${state}`);
      if (lane === "marketing" && went.length > 1) figures.doubled.push(row.id);
      weigh(figures, { from, to }, { lane, state, createdAt: row.created_at, tries, went });
    }
  } finally {
    database.close();
  }
  return figures;
}

function weigh(
  figures: OutageFigures,
  { from, to }: Outage,
  message: { lane: string; state: string; createdAt: number; tries: readonly Tried[]; went: readonly number[] },
): void {
  const { tries, createdAt, went } = message;
  const [first] = tries;
  const isBefore = first !== undefined && first.startedAt <= from;
  if (isBefore && first.outcome === "unknown") {
    const name = `${message.lane} ${message.state}`;
    figures.openCalls[name] = (figures.openCalls[name] ?? 0) + 1;
  }
  if (createdAt > from && createdAt <= to) figures.beside += 1;
  figures.probes += tries.filter(
    ({ integration, startedAt }) => integration === "fake" && startedAt > from + inTimeMs && startedAt <= to,
  ).length;
  if (isBefore || createdAt > to) return;
  figures.fresh += 1;
  const tookMs = (went.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...went)) - Math.max(createdAt, from);
  figures.longestMs = Math.max(figures.longestMs, tookMs);
  if (tookMs <= inTimeMs) figures.inTime += 1;
}

function triesOf(database: InstanceType<typeof DatabaseSync>, row: z.infer<typeof rowSchema>): Tried[] {
  const sql = "select integration, started_at, outcome from attempt where message_id = ? order by number";
  const earlier = row.attempts > 1 ? z.array(earlierSchema).parse(database.prepare(sql).all(row.id)) : [];
  const tries = earlier.map((one) => ({
    integration: one.integration,
    startedAt: one.started_at,
    outcome: one.outcome,
  }));
  if (row.attempt === null) return tries;
  const { integration, started, outcome = "started" } = currentAttemptSchema.parse(JSON.parse(row.attempt));
  return [...tries, { integration, startedAt: started, outcome }];
}

async function takenAt(journal: string): Promise<Map<string, number[]>> {
  const taken = new Map<string, number[]>();
  await readJournal(journal, ({ id, at }) => {
    const known = taken.get(id);
    if (known === undefined) taken.set(id, [at]);
    else known.push(at);
  });
  return taken;
}

function shareAtEnd(primary: Map<string, number[]>, secondary: Map<string, number[]>): number {
  const [ours, theirs] = [[...primary.values()].flat(), [...secondary.values()].flat()];
  const last = [...ours, ...theirs].reduce((latest, at) => Math.max(latest, at), 0);
  const count = (all: readonly number[]) => all.filter((at) => at > last - 1000).length;
  return count(ours) / (count(ours) + count(theirs));
}
