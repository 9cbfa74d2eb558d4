import { Client } from "pg";
import { afterAll, expect, test } from "vitest";
import { broadcastConformance } from "../../../packages/server/src/broadcast/broadcast.conformance.ts";
import { PostgresBroadcast } from "../../../packages/server/src/broadcast/postgres.ts";
import { SystemClock } from "../../../packages/server/src/lib/system-clock.ts";

/** Hints between processes, on a real server. */
export function broadcastSuite(urlOf: () => string): void {
  const opened: PostgresBroadcast[] = [];
  afterAll(async () => {
    for (const each of opened) await each.close();
  });

  let made = 0;
  const open = async (faults: unknown[] = []) => {
    made += 1;
    const broadcast = new PostgresBroadcast({
      connect: async (onEnd) => {
        const client = new Client({ connectionString: urlOf(), application_name: `broadcast ${made}` });
        client.on("error", () => {});
        client.once("end", onEnd);
        await client.connect();
        return client;
      },
      clock: new SystemClock(),
      node: String(made),
      onFault: (error) => faults.push(error),
    });
    opened.push(broadcast);
    await broadcast.start();
    return broadcast;
  };

  broadcastConformance("PostgreSQL", async () => {
    const faults: unknown[] = [];
    return { broadcast: await open(faults), faults, elsewhere: await open(faults) };
  });

  test("a lost connection is made again: everybody hears every hint, and other processes are heard", async () => {
    const [here, elsewhere] = [await open(), await open()];
    const caughtUp = new Promise<string>((resolve) => here.subscribe("configuration", resolve));
    const admin = new Client({ connectionString: urlOf() });
    await admin.connect();
    await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()",
      [`broadcast ${made - 1}`],
    );
    await admin.end();
    expect(await caughtUp).toBe("");
    const heard = new Promise<string>((resolve) => here.subscribe("inbox", resolve));
    elsewhere.publish("inbox", "after");
    expect(await heard).toBe("after");
    await Promise.all([here.close(), elsewhere.close()]);
  });

  test("what nobody of ours wrote to the channel is a fault, and nothing more", async () => {
    const faults: unknown[] = [];
    const broadcast = await open(faults);
    const client = new Client({ connectionString: urlOf() });
    await client.connect();
    const heard = new Promise<string>((resolve) => broadcast.subscribe("inbox", resolve));
    await client.query("select pg_notify('tidings', '{')");
    await client.query("select pg_notify('tidings', $1)", [JSON.stringify({ from: "x", hints: [["inbox", "s"]] })]);
    expect(await heard).toBe("s");
    expect(faults).toHaveLength(1);
    await client.end();
    await broadcast.close();
  });
}
