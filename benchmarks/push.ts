import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
// What is built: the loader of the sources wraps every function to keep its name.
import { OutboundHttp2Client } from "../packages/server/dist/lib/outbound-http2.js";
import { encryptPush } from "../packages/server/dist/lib/push-encryption.js";
import { apns } from "../packages/server/dist/providers/push/apns.js";
import { fcm } from "../packages/server/dist/providers/push/fcm.js";
import type { Provider, ProviderEnvironment } from "../packages/server/src/ports/provider.ts";
import { outbound, testEnvironment } from "../packages/server/src/providers/testing/environment.ts";
import { startChild, stopChild } from "../test/harness/child.ts";
import { compared, measured, type Rate } from "./rates.ts";

/*
 * Push messages from `provider.send` to servers in a process of their own, each over one HTTP/2 connection with TLS; beside
 * them what a browser's message costs to encrypt. `--runs` (5), `--messages` per run (20,000), `--inFlight` (500): medians of
 * the runs. The bar is 5,000/s for each vendor.
 */

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    messages: { type: "string", default: "20000" },
    inFlight: { type: "string", default: "500" },
  },
});
const runs = Number(values.runs);
const messages = Number(values.messages);
const inFlight = Number(values.inFlight);

const sink = fileURLToPath(new URL("./push-sink-main.ts", import.meta.url));
const readySchema = z.object({ port: z.number(), tokenPort: z.number() });
const ca = readFileSync(
  new URL("../packages/server/src/providers/testing/localhost-cert.pem", import.meta.url),
  "utf8",
);
const pem = { type: "pkcs8", format: "pem" } as const;

const content = {
  subject: "Your order 4711 is on its way",
  text: "It holds one thing that you ordered, and comes to you tomorrow between 9:00 and 12:00.",
  push: { url: "https://shop.example.com/orders/4711", data: { order: "4711" }, badge: 1, sound: "default" },
};
const deviceToken = "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0";
const registrationToken = `fcm:APA91b${"x".repeat(140)}`;

async function sending(create: (environment: ProviderEnvironment) => Provider, to: string): Promise<Rate> {
  const environment = testEnvironment();
  const http2 = new OutboundHttp2Client({ allowPrivateNetwork: true, ca });
  const provider = create({ ...environment, http2 });
  const context = () => ({ callId: "c", timeoutMs: 60_000, signal: new AbortController().signal });
  const send = async (): Promise<void> => {
    const [outcome] = await provider.send([outbound("push", to, { content })], context());
    if (outcome?.status !== "accepted") throw new Error(JSON.stringify(outcome));
  };
  await measured(Math.ceil(messages / 10), inFlight, send);
  const rate = await measured(messages, inFlight, send);
  await provider.close();
  await Promise.all([http2.close(), environment.close()]);
  return rate;
}

function subjects({ port, tokenPort }: z.infer<typeof readySchema>): Readonly<Record<string, () => Promise<Rate>>> {
  const baseUrl = `https://localhost:${port}`;
  const key = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const apnsSettings = apns.schema.parse({
    key: key.privateKey.export(pem).toString(),
    keyId: "ABC123DEFG",
    teamId: "TEAM123456",
    topic: "com.example.app",
    baseUrl,
  });
  const fcmSettings = fcm.schema.parse({
    serviceAccount: JSON.stringify({
      project_id: "bench",
      client_email: "bench@example.com",
      private_key: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export(pem),
      token_uri: `http://127.0.0.1:${tokenPort}/token`,
    }),
    baseUrl,
  });
  const { x = "", y = "" } = key.publicKey.export({ format: "jwk" });
  const publicKey = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  const text = Buffer.from(JSON.stringify(content));
  const browser = { publicKey, secret: Buffer.alloc(16, 1) };
  return {
    apns: () => sending((environment) => apns.create(apnsSettings, environment), deviceToken),
    fcm: () => sending((environment) => fcm.create(fcmSettings, environment), registrationToken),
    "encryption for a browser": () => measured(Math.ceil(messages / 10), 1, () => encryptPush(text, browser)),
  };
}

const child = await startChild([process.execPath, "--import", "tsx", "--conditions=source", sink], {}, (line) =>
  line.startsWith("{") ? readySchema.parse(JSON.parse(line)) : undefined,
);
console.log(`push: ${runs} runs of ${messages} messages, ${inFlight} in flight, one connection each; medians`);
try {
  await compared(subjects(child.ready), runs);
} finally {
  await stopChild(child);
}
