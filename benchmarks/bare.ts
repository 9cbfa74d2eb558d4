import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { startChild, stopChild } from "../test/harness/child.ts";
import { startFakeProvider } from "../test/harness/fake-provider-process.ts";
import { type Figures, measureLoad, type Scenario } from "./measure-load.ts";

const main = fileURLToPath(new URL("./bare-main.ts", import.meta.url));
const readySchema = z.object({ url: z.string() });

/** The same load on the bare pipeline: what this machine can do at best, now. */
export async function measureBare(scenario: Scenario): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-bare-"));
  const journal = join(folder, "journal.jsonl");
  const provider = await startFakeProvider(["--journal", journal]);
  const bare = await startChild(
    [
      ...[process.execPath, "--import", "tsx", "--conditions=source", main],
      ...["--data", join(folder, "bare.db"), "--provider", provider.url, "--maxBatch", String(scenario.maxBatch)],
    ],
    { env: { NODE_ENV: "production" } },
    (line) => (line.startsWith("{") ? readySchema.parse(JSON.parse(line)) : undefined),
  );
  try {
    return await measureLoad(scenario, { url: bare.ready.url, pid: bare.pid, provider, journal });
  } finally {
    await stopChild(bare, "SIGKILL");
    await stopChild(provider);
    rmSync(folder, { recursive: true, force: true });
  }
}
