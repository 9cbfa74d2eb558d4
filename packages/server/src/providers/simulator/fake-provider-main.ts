import { parseArgs } from "node:util";
import { FakeProvider } from "./fake-provider.ts";
import type { FakeProviderOptions } from "./fake-provider-options.ts";
import { faultsSchema } from "./settings.ts";

const usage = `fake-provider-main --port 0 [--host ADDRESS] [--journal FILE] [--latency-ms N] [--seed N] [--settings JSON]
  [--answer-status N] [--blackhole] [--blackhole-path /x]... [--feedback-url URL --feedback-secret SECRET]`;

/** A program of its own, so that a benchmark can measure and kill it apart. Prints `{"port":N}` once it listens. */
async function main(): Promise<void> {
  const provider = new FakeProvider(readOptions());
  const port = await provider.start();
  process.stdout.write(`${JSON.stringify({ port })}\n`);
  const stop = (): void => void provider.close();
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

function readOptions(): FakeProviderOptions {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      host: { type: "string" },
      journal: { type: "string" },
      "latency-ms": { type: "string" },
      seed: { type: "string" },
      settings: { type: "string", default: "{}" },
      "answer-status": { type: "string" },
      blackhole: { type: "boolean", default: false },
      "blackhole-path": { type: "string", multiple: true, default: [] },
      "feedback-url": { type: "string" },
      "feedback-secret": { type: "string" },
    },
  });
  const faults = faultsSchema.partial().parse(JSON.parse(values.settings));
  const latency = values["latency-ms"];
  const url = values["feedback-url"];
  const secret = values["feedback-secret"];
  if ((url === undefined) !== (secret === undefined))
    throw new Error("--feedback-url and --feedback-secret go together");
  return {
    port: Number(values.port),
    faults: faultsSchema.parse({
      ...faults,
      ...(latency === undefined ? {} : { latencyMs: { min: Number(latency), max: Number(latency) } }),
      ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
    }),
    blackhole: values.blackhole,
    ...(values["answer-status"] === undefined ? {} : { answerStatus: Number(values["answer-status"]) }),
    blackholePaths: values["blackhole-path"],
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.journal === undefined ? {} : { journal: values.journal }),
    ...(url === undefined || secret === undefined ? {} : { feedback: { url, secret } }),
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  process.exitCode = 1;
});
