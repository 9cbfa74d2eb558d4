import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { install } from "./install.mjs";
import { Failure, main, root } from "./process.mjs";

/*
 * Runs seeds of the deterministic simulation on two processes:
 *   npm run simulation -- [--seeds N] [--from S]     N seeds from S on
 *   npm run simulation -- --replay S                 one seed, with all that happened in it
 * The closing line is `N passed, N failed`.
 */

const workers = 2;
const runner = import.meta.resolve("../test/simulation/runner-main.ts");
const shownFailuresMax = 20;

function whole(name, text) {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new Failure(`--${name} must be a whole number`, 2);
  return value;
}

/** Starts one worker; gives what it totalled. `tell` is called with each line that it writes. */
function work(args, tell) {
  return new Promise((resolve, reject) => {
    const script = ["--import", "tsx", "--conditions=source", fileURLToPath(runner), ...args];
    const child = spawn(process.execPath, script, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    let done;
    createInterface({ input: child.stdout }).on("line", (text) => {
      const line = JSON.parse(text);
      if (line.kind === "done") done = line.totals;
      else tell(line);
    });
    child.once("error", reject);
    child.once("close", () =>
      done === undefined ? reject(new Failure("a worker ended before its seeds")) : resolve(done),
    );
  });
}

async function runAll(seeds, from) {
  const started = Date.now();
  const share = Array.from({ length: Math.min(workers, seeds) }, (_, index) => ({ index, done: 0 }));
  let failures = 0;
  let shownAt = started;
  const totals = await Promise.all(
    share.map((own) =>
      work([`--from=${from + own.index}`, `--seeds=${seeds - own.index}`, `--stride=${share.length}`], (line) => {
        if (line.kind === "failure") {
          failures += 1;
          if (failures <= shownFailuresMax) console.log(line.report);
          return;
        }
        own.done = line.totals.passed + line.totals.failed;
        if (Date.now() < shownAt + 5000) return;
        shownAt = Date.now();
        console.log(`${share.reduce((sum, { done }) => sum + done, 0)} of ${seeds} seeds`);
      }),
    ),
  );
  const sum = (name) => totals.reduce((all, one) => all + one[name], 0);
  const seconds = Math.max(0.001, (Date.now() - started) / 1000);
  console.log(
    `${sum("messages")} messages, ${sum("calls")} calls, ${sum("crashes")} crashes; ${(seeds / seconds).toFixed(0)} seeds/s`,
  );
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
  return sum("failed") === 0 ? 0 : 1;
}

async function replay(seed) {
  let failed = false;
  const { messages, calls, crashes } = await work([`--from=${seed}`, "--seeds=1", "--trace"], (line) => {
    if (line.kind === "trace") for (const text of line.trace) console.log(text);
    if (line.kind !== "failure") return;
    failed = true;
    console.log(line.report);
  });
  console.log(`${messages} messages, ${calls} calls, ${crashes} crashes`);
  console.log(failed ? "0 passed, 1 failed" : "1 passed, 0 failed");
  return failed ? 1 : 0;
}

await main(async () => {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "10000" },
      from: { type: "string", default: "1" },
      replay: { type: "string" },
    },
  });
  await install();
  if (values.replay !== undefined) return replay(whole("replay", values.replay));
  return runAll(Math.max(1, whole("seeds", values.seeds)), whole("from", values.from));
});
