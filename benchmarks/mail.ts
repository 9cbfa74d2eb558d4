import { generateKeyPairSync, sign } from "node:crypto";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
// What is built: the loader of the sources wraps every function to keep its name, which costs a fifth of a mail.
import { composeEnvelope, createComposer } from "../packages/server/dist/providers/email/compose.js";
import { smtp } from "../packages/server/dist/providers/email/smtp.js";
import { outbound, testEnvironment } from "../packages/server/src/providers/testing/environment.ts";
import { startChild, stopChild } from "../test/harness/child.ts";
import { compared, measured, type Rate } from "./rates.ts";

/*
 * Mails from `provider.send` to a sink in a process of its own: unsigned, and signed with a key of each kind. Beside them
 * the ceilings of this machine: what the builder makes when nothing is sent, and what `crypto.sign` does alone.
 * `--runs` (5), `--mails` per run (20,000), `--inFlight` (200): medians of the runs.
 */

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    mails: { type: "string", default: "20000" },
    inFlight: { type: "string", default: "200" },
  },
});
const runs = Number(values.runs);
const mails = Number(values.mails);
const inFlight = Number(values.inFlight);

const sink = fileURLToPath(new URL("./mail-sink-main.ts", import.meta.url));
const readySchema = z.object({ port: z.number() });
const environment = testEnvironment();
const pem = { type: "pkcs8", format: "pem" } as const;
const keys = {
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
  ed25519: generateKeyPairSync("ed25519").privateKey,
};
const selector = [{ domain: "acme.test", selector: "s1" }];
const kinds: Readonly<Record<string, object>> = {
  unsigned: {},
  "rsa-2048": { dkim: selector, dkimPrivateKey: keys.rsa.export(pem).toString() },
  ed25519: { dkim: selector, dkimPrivateKey: keys.ed25519.export(pem).toString() },
};

const content = {
  subject: "Your order 4711 is on its way",
  text: `Hello Jane,\n\nyour order 4711 is on its way.\n\n${"It holds one thing that you ordered.\n".repeat(10)}`,
  html: `<h1>Hello Jane</h1>${"<p>It holds <b>one thing</b> that you ordered, for 10 €.</p>\n".repeat(15)}`,
};
const message = () => outbound("email", "jane@recipient.test", { content });

function settingsOf(port: number, kind: object) {
  return smtp.schema.parse({
    host: "127.0.0.1",
    port,
    secure: "none",
    from: "Acme <noreply@acme.test>",
    returnPath: "bounces@acme.test",
    ...kind,
  });
}

async function sending(port: number, kind: object): Promise<Rate> {
  const provider = smtp.create(settingsOf(port, kind), environment);
  const context = () => ({ callId: "c", timeoutMs: 60_000, signal: new AbortController().signal });
  const send = async (): Promise<void> => {
    const [outcome] = await provider.send([message()], context());
    if (outcome?.status !== "accepted") throw new Error(JSON.stringify(outcome));
  };
  await measured(Math.ceil(mails / 20), inFlight, send);
  const rate = await measured(mails, inFlight, send);
  await provider.close();
  return rate;
}

function ceilings(): Readonly<Record<string, () => Promise<Rate>>> {
  const data = Buffer.alloc(1000, "x");
  const later = (algorithm: string | null, key: (typeof keys)["rsa"]) => () =>
    new Promise<void>((resolve, reject) => {
      sign(algorithm, data, key, (error) => (error === null ? resolve() : reject(error)));
    });
  const composer = createComposer(settingsOf(1, {}), environment);
  return {
    "builder alone": () => measured(mails, 1, () => composeEnvelope(composer, message())),
    "sign rsa-2048, one thread": () => measured(2000, 1, () => sign("sha256", data, keys.rsa)),
    "sign rsa-2048, thread pool": () => measured(4000, 16, later("sha256", keys.rsa)),
    "sign ed25519, one thread": () => measured(mails, 1, () => sign(null, data, keys.ed25519)),
    "sign ed25519, thread pool": () => measured(mails, 16, later(null, keys.ed25519)),
  };
}

const child = await startChild([process.execPath, "--import", "tsx", "--conditions=source", sink], {}, (line) =>
  line.startsWith("{") ? readySchema.parse(JSON.parse(line)) : undefined,
);
console.log(`mail: ${runs} runs of ${mails} mails, ${inFlight} in flight, five connections; medians`);
try {
  const subjects: Record<string, () => Promise<Rate>> = { ...ceilings() };
  for (const [name, kind] of Object.entries(kinds)) subjects[`sent, ${name}`] = () => sending(child.ready.port, kind);
  await compared(subjects, runs);
} finally {
  await stopChild(child);
  await environment.close();
}
