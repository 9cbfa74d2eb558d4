import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { judgeTrace } from "./trace.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings-durability-"));
const trace = join(folder, "strace.txt");
const posts = Number(process.env["TIDINGS_TEST_DURABILITY_POSTS"] ?? 400);
let server: ServerProcess;

beforeAll(async () => {
  const calls = "trace=openat,write,writev,pwrite64,fsync,fdatasync,sendto,sendmsg,close";
  server = await startServerProcess(
    join(folder, "data"),
    {},
    { wrap: ["strace", "-f", "-y", "-s", "20000", "-e", calls, "-o", trace] },
  );
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
}, 300_000);

afterAll(async () => {
  await stopChild(server, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

test("every 202 that is written to a socket follows a sync of the log that has its event", async () => {
  const verdict = await judgeTrace(trace);
  expect(verdict.faults).toEqual([]);
  expect(verdict.answers).toBe(posts);
}, 120_000);
