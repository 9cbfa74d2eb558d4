import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings-sync-fault-"));
const data = join(folder, "data");
/** Syncs of the log that still succeed on each thread that syncs, more than a start takes; and more events than all those threads come to. */
const goodSyncs = 100;
const posts = 1000;
const acceptedSchema = z.object({ id: z.string() });
const servers: ServerProcess[] = [];

afterAll(async () => {
  for (const server of servers) await stopChild(server, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function start(wrap: readonly string[] = []): Promise<ServerProcess> {
  const server = await startServerProcess(data, {}, { wrap });
  servers.push(server);
  return server;
}

test("a disk that does not sync the log ends the server, which has answered nothing that is not there afterwards", async () => {
  const fault = `inject=fdatasync:error=EIO:when=${goodSyncs}+`;
  const log = join(data, "tidings.db-wal");
  const faulty = await start([
    "strace",
    "-f",
    "-qq",
    "-P",
    log,
    "-e",
    "trace=fdatasync",
    "-e",
    fault,
    "-o",
    "/dev/null",
  ]);
  const api = new Api(faulty.url, 1);
  const taken: string[] = [];
  let refused: string | undefined;
  for (let number = 0; number < posts && refused === undefined; number += 1) {
    const body = { name: "nobody.listens", recipients: [`user-${number}`] };
    await api.call("POST", "/v1/events", body).then(
      ({ status, json }) => {
        if (status === 202) taken.push(acceptedSchema.parse(json).id);
        else refused = String(status);
      },
      (error: unknown) => {
        refused = String(error);
      },
    );
  }
  await api.close();
  expect(refused).toBeDefined();
  await faulty.ended;
  expect(taken.length).toBeGreaterThan(0);
  expect(taken.length).toBeLessThan(posts);
  expect(faulty.process.exitCode).not.toBe(0);
  const again = new Api((await start()).url, 4);
  const found = await Promise.all(taken.map((id) => again.call("GET", `/v1/events/${id}`)));
  await again.close();
  expect(found.map(({ status }) => status)).toEqual(taken.map(() => 200));
}, 120_000);
