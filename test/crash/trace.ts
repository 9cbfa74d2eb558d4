import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
/** Path that strace -y shows for the write-ahead log. */
const logFile = "tidings.db-wal";

/** strace marks what it was asked to make slower. */
const succeeded = /= 0(?: \(DELAYED\))?\s*$/;

interface Verdict {
  /** 202 answers seen. */
  answers: number;
  faults: string[];
}

/**
 * Reads a trace of the server's system calls. An event is written when its id goes into the write-ahead log, durable
 * when a later sync of that log has come back, and only then may its id go out in a 202. A call that strace shows in
 * two lines, as another thread came between, counts as begun in the first and as done in the second.
 */
export async function judgeTrace(path: string): Promise<Verdict> {
  const written = new Set<string>();
  const durable = new Set<string>();
  const syncing = new Map<string, Set<string>>();
  const verdict: Verdict = { answers: 0, faults: [] };
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const thread = line.slice(0, line.indexOf(" "));
    if (/pwrite64\(\d+<[^>]*>/.test(line) && line.includes(logFile)) {
      for (const id of line.match(uuid) ?? []) written.add(id);
    } else if (/(fsync|fdatasync)\(\d+</.test(line) && line.includes(logFile)) {
      // What was written before the sync began is what it covers.
      const covered = new Set(written);
      if (line.includes("<unfinished")) syncing.set(thread, covered);
      else if (succeeded.test(line)) for (const id of covered) durable.add(id);
    } else if (/<\.\.\. (fsync|fdatasync) resumed>/.test(line) && succeeded.test(line)) {
      for (const id of syncing.get(thread) ?? []) durable.add(id);
      syncing.delete(thread);
    } else if (line.includes("HTTP/1.1 202")) {
      // The ids of the body: a request id stands in no answer, and dates have another form.
      const body = line.slice(line.indexOf("HTTP/1.1 202"));
      for (const [, id = ""] of body.matchAll(/\\"id\\":\\"([0-9a-f-]{36})\\"/g)) {
        verdict.answers += 1;
        if (!durable.has(id))
          verdict.faults.push(`${id} was answered ${written.has(id) ? "before its sync" : "before it was written"}`);
      }
    }
  }
  return verdict;
}
