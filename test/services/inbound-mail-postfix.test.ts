import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageSchema } from "@tidings/contract/messages";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { configureSmtp } from "../harness/configure-smtp.ts";
import { freePort } from "../harness/free-port.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { type Postfix, startPostfix, whyNoPostfix } from "./postfix.ts";
import { type ScriptedSmtp, startScriptedSmtp } from "./scripted-smtp.ts";

const reason = whyNoPostfix();
const idSchema = z.object({ id: z.string() });

// In CI a missing postfix is a failure; elsewhere the suite is skipped, and its name says why.
describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(
  `bounces that postfix sends back by SMTP${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "tidings-inbound-"));
    let postfix: Postfix;
    let server: ServerProcess;
    let api: Api;
    let scripted: ScriptedSmtp;

    beforeAll(async () => {
      const inboundPort = await freePort();
      scripted = await startScriptedSmtp();
      postfix = await startPostfix(["jane"], { "bounces.test": inboundPort, "scripted.test": scripted.port });
      server = await startServerProcess(folder, { TIDINGS_INBOUND_SMTP_PORT: String(inboundPort) });
      api = new Api(server.url);
      await configureSmtp(api, { port: postfix.port, returnPath: "bounces@bounces.test" });
    }, 120_000);

    afterAll(async () => {
      await api?.close();
      if (server !== undefined) await stopChild(server);
      postfix?.stop();
      await scripted?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    async function send(to: string): Promise<string> {
      const body = {
        channel: "email",
        to: { id: `user of ${to}`, email: to },
        category: "orders",
        content: { text: "x" },
      };
      const { status, json } = await api.call("POST", "/v1/messages", body);
      expect(status, JSON.stringify(json)).toBe(202);
      return idSchema.parse(json).id;
    }

    async function until(id: string, states: readonly string[]): Promise<z.infer<typeof messageSchema>> {
      return vi.waitUntil(
        async () => {
          const message = messageSchema.parse((await api.call("GET", `/v1/messages/${id}`)).json);
          return states.includes(message.state) ? message : undefined;
        },
        { timeout: 60_000, interval: 100 },
      );
    }

    test("end the message as bounced and its address as suppressed", async () => {
      const id = await send("former@inbox.test");
      expect((await until(id, ["bounced"])).attempts).toMatchObject([{ outcome: "accepted" }]);
      expect((await until(await send("former@inbox.test"), ["suppressed", "sent"])).state).toBe("suppressed");
    });

    test.each([
      ["gone", "bounced", "suppressed"],
      ["policy", "failed", "failed"],
      ["full", "failed", "failed"],
      ["greylist", "failed", "failed"],
    ])(
      "of what the next server says to %s@ end as %s, and what is sent there then as %s",
      async (name, state, then) => {
        const end = await until(await send(`${name}@scripted.test`), ["bounced", "failed"]);
        expect(end).toMatchObject({ state, attempts: [{ outcome: "accepted" }] });
        const next = await until(await send(`${name}@scripted.test`), ["suppressed", "bounced", "failed"]);
        expect(next.state).toBe(then);
      },
    );
  },
);
