import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { judgeTrace } from "./trace.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings-durability-"));
const posts = Number(process.env["TIDINGS_TEST_DURABILITY_POSTS"] ?? 400);
const servers: ServerProcess[] = [];

afterAll(async () => {
  for (const server of servers) await stopChild(server, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** The system calls of a server that takes events in, on a disk whose every sync takes so much longer, ms. */
async function traced(name: string, syncMs: number): Promise<string> {
  const trace = join(folder, `${name}.strace`);
  const calls = "trace=openat,write,writev,pwrite64,fsync,fdatasync,sendto,sendmsg,close";
  const slow = syncMs === 0 ? [] : ["-e", `inject=fdatasync:delay_enter=${syncMs * 1000}`];
  const wrap = ["strace", "-f", "-y", "-s", "20000", "-e", calls, ...slow, "-o", trace];
  const server = await startServerProcess(join(folder, name), {}, { wrap });
  servers.push(server);
  const api = new Api(server.url, 16);
  const post = async (number: number): Promise<void> => {
    const { status } = await api.call("POST", "/v1/events", { name: "nobody.listens", recipients: [`user-${number}`] });
    expect(status).toBe(202);
  };
  for (let from = 0; from < posts; from += 20)
    await Promise.all(Array.from({ length: 20 }, (_, index) => post(from + index)));
  await api.close();
  // strace blocks signals to itself, and ends with the server.
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, "utf8").trim().split(" ");
  for (const child of children) process.kill(Number(child), "SIGTERM");
  await server.ended;
  return trace;
}

test.each([
  ["quick", 0],
  ["slow", 5],
] as const)(
  "on a %s disk every 202 that is written to a socket follows a sync of the log that has its event",
  async (name, syncMs) => {
    const verdict = await judgeTrace(await traced(name, syncMs));
    expect(verdict.faults).toEqual([]);
    expect(verdict.answers).toBe(posts);
  },
  300_000,
);
