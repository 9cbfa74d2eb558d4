import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { startChild, stopChild } from "../../harness/child.ts";
import { cached, isCached } from "./cache.ts";
import { isInstalled, runProgram } from "./programs.ts";

/** Moto's server for SES, SNS and SQS, and what it stands on: `moto[server]` as a whole would be twice as much. */
const packages = [
  "moto==5.2.5",
  "MarkupSafe==3.0.4",
  "PyYAML==6.0.4",
  "blinker==1.9.0",
  "boto3==1.44.8",
  "botocore==1.44.8",
  "certifi==2026.10.19.post1",
  "cffi==2.1.1",
  "charset-normalizer==3.5.3",
  "click==8.5.1",
  "cryptography==50.0.2",
  "flask-cors==6.0.5",
  "flask==3.1.3",
  "idna==3.20",
  "itsdangerous==2.2.0",
  "jinja2==3.1.6",
  "jmespath==1.1.0",
  "pycparser==3.12",
  "python-dateutil==2.9.0.post0",
  "requests==2.34.2",
  "responses==0.26.3",
  "s3transfer==0.19.3",
  "six==1.17.0",
  "urllib3==2.8.0",
  "werkzeug==3.1.9",
  "xmltodict==1.0.4",
];
const folderName = "moto-5.2.5";
const program = fileURLToPath(new URL("moto_server.py", import.meta.url));
const portSchema = z.strictObject({ port: z.number() });

export const motoRegion = "eu-central-1";
/** It takes any key. */
export const motoAccount = { region: motoRegion, accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" };

export interface Moto {
  /** Takes the requests to every service: moto knows it by their signature. */
  url: string;
  /** What it holds, by service and kind: moto's own view of itself, for tests. */
  data(): Promise<Record<string, Record<string, Record<string, unknown>[]>>>;
  stop(): Promise<void>;
}

/** Why no moto can be started here; undefined where one can. Brings its packages where they are missing. */
export function whyNoMoto(): string | undefined {
  if (isCached(folderName)) return undefined;
  if (!isInstalled("python3")) return "python3 is not installed";
  try {
    motoFolder();
    return undefined;
  } catch {
    return "moto could not be installed: python3 has no venv, or PyPI is out of reach";
  }
}

function motoFolder(): string {
  return cached(folderName, (unfinished) => {
    runProgram(["python3", "-m", "venv", unfinished], tmpdir());
    const pip = [join(unfinished, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    runProgram([...pip, "--no-deps", "--only-binary", ":all:", ...packages], unfinished);
  });
}

const dataSchema = z.record(z.string(), z.record(z.string(), z.array(z.record(z.string(), z.unknown()))));

/** Starts moto in a process of its own, with nothing in it. */
export async function startMoto(): Promise<Moto> {
  // It would call AWS for what it does not know.
  const env = { AWS_EC2_METADATA_DISABLED: "true", HTTP_PROXY: "", HTTPS_PROXY: "" };
  const child = await startChild(
    [join(motoFolder(), "bin", "python"), program, motoRegion],
    { env },
    (line) => portSchema.safeParse(JSON.parse(line)).data?.port,
  );
  const url = `http://127.0.0.1:${child.ready}`;
  return {
    url,
    data: async () => dataSchema.parse(await (await fetch(`${url}/moto-api/data.json`)).json()),
    stop: () => stopChild(child, "SIGKILL"),
  };
}
