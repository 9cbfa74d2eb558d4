import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { startChild, stopChild } from "../../harness/child.ts";
import { cached, isCached } from "../servers/cache.ts";
import { isInstalled, runProgram } from "../servers/programs.ts";

/** OpenTelemetry's generated classes, and what they stand on. */
const packages = ["opentelemetry-proto==1.45.2", "protobuf==7.36.2"];
const folderName = "otlp-receiver-1.45.2";
const program = fileURLToPath(new URL("receiver.py", import.meta.url));

const attributes = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const spanSchema = z.object({
  resource: attributes,
  scope: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  parentId: z.string(),
  state: z.string(),
  name: z.string(),
  kind: z.string(),
  startNs: z.string().transform(BigInt),
  endNs: z.string().transform(BigInt),
  flags: z.number(),
  attributes,
  links: z.array(z.object({ traceId: z.string(), spanId: z.string(), state: z.string() })),
  linksLeftOut: z.number(),
  status: z.object({ code: z.number(), message: z.string() }),
});
export type ReceivedSpan = z.infer<typeof spanSchema>;

export interface OtlpReceiver {
  url: string;
  /** In the order in which they came. */
  spans: ReceivedSpan[];
  stop(): Promise<void>;
}

/** Why no receiver can be started here; undefined where one can. */
export function whyNoReceiver(): string | undefined {
  if (isCached(folderName)) return undefined;
  if (!isInstalled("python3")) return "python3 is not installed";
  try {
    runProgram(["python3", "-c", "import ensurepip, venv"], tmpdir());
    return undefined;
  } catch {
    return "python3 has no venv";
  }
}

/** Starts the receiver in a process of its own; its packages are fetched once for all clones. */
export async function startReceiver(): Promise<OtlpReceiver> {
  const folder = cached(folderName, (unfinished) => {
    runProgram(["python3", "-m", "venv", unfinished], tmpdir());
    const pip = [join(unfinished, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    runProgram([...pip, "--no-deps", "--only-binary", ":all:", ...packages], unfinished);
  });
  const spans: ReceivedSpan[] = [];
  const child = await startChild(
    [join(folder, "bin", "python"), program],
    {
      onLine: (line) => {
        const json: unknown = JSON.parse(line);
        if (!portSchema.safeParse(json).success) spans.push(spanSchema.parse(json));
      },
    },
    (line) => portSchema.safeParse(JSON.parse(line)).data?.port,
  );
  return { url: `http://127.0.0.1:${child.ready}`, spans, stop: () => stopChild(child, "SIGKILL") };
}

const portSchema = z.strictObject({ port: z.number() });
