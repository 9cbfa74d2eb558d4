import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AwsSigner } from "../../packages/server/src/lib/aws-signature.ts";
import { OutboundHttpClient } from "../../packages/server/src/lib/outbound-http.ts";
import { SystemClock } from "../../packages/server/src/lib/system-clock.ts";
import { SqsQueue } from "../../packages/server/src/sources/sqs/sqs-queue.ts";
import { type SourceBench, sourceConformance } from "../../packages/server/src/sources/testing/conformance.ts";
import {
  mapping,
  record,
  SourceWorld,
  until,
} from "../../packages/server/src/sources/testing/source-world.conformance.ts";
import { type Moto, motoAccount, motoRegion, startMoto, whyNoMoto } from "./servers/moto.ts";

/** Queues as moto has them, which was written by others from the pages of SQS. In CI a missing moto is a failure. */

const reason = whyNoMoto();
const reading: SourceBench["reading"] = {
  clientId: "tidings-test",
  guard: { allowPrivateNetwork: true },
  connectTimeoutMs: 5000,
  requestTimeoutMs: 10_000,
  sessionTimeoutMs: 6000,
  fetchBytes: 65_536,
};
const visibilitySeconds = 2;
let queues = 0;

describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(
  `SQS as moto has it (${reason ?? "5.2"})`,
  () => {
    let moto: Moto;
    const http = new OutboundHttpClient({ allowPrivateNetwork: true });
    beforeAll(async () => {
      moto = await startMoto();
    });
    afterAll(async () => {
      await moto?.stop();
      await http.close();
    });

    async function call(action: string, fields: object): Promise<unknown> {
      const { accessKeyId, secretAccessKey } = motoAccount;
      const signer = new AwsSigner({ accessKeyId, secretAccessKey }, motoRegion, "sqs");
      const url = `${moto.url}/`;
      const body = JSON.stringify(fields);
      const own = { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${action}` };
      const headers = signer.sign({ method: "POST", url, headers: own, body }, Date.now());
      const answer = await http.request({ method: "POST", url, headers, body, timeoutMs: 10_000 });
      expect([action, answer]).toEqual([action, expect.objectContaining({ status: "response", statusCode: 200 })]);
      return answer.status === "response" && answer.body.length > 0 ? JSON.parse(answer.body.toString()) : undefined;
    }

    async function openBench(isFifo: boolean): Promise<SourceBench> {
      queues += 1;
      const name = isFifo ? `events-${queues}.fifo` : `events-${queues}`;
      const queueUrl = `${moto.url}/123456789012/${name}`;
      let sentBefore = 0;
      const fifo = () => {
        sentBefore += 1;
        return isFifo ? { MessageGroupId: "one", MessageDeduplicationId: String(sentBefore) } : {};
      };
      const create = () =>
        call("CreateQueue", { QueueName: name, Attributes: isFifo ? { FifoQueue: "true" } : {} }).then(() => {});
      await create();
      return {
        reading,
        document: {
          type: "sqs",
          queueUrl,
          region: motoRegion,
          accessKeyId: motoAccount.accessKeyId,
          baseUrl: moto.url,
          waitSeconds: 1,
          visibilitySeconds,
          secrets: { secretAccessKey: motoAccount.secretAccessKey },
        },
        meta: isFifo ? { path: "group", expected: "one" } : { path: "nothing", expected: undefined },
        many: 60,
        ordered: isFifo,
        patienceMs: visibilitySeconds * 1000,
        send: async (sent) => {
          const entries = sent.map(({ value, headers = {} }, index) => ({
            Id: String(index),
            MessageBody: typeof value === "string" ? value : JSON.stringify(value),
            MessageAttributes: Object.fromEntries(
              Object.entries(headers).map(([header, text]) => [header, { DataType: "String", StringValue: text }]),
            ),
            ...fifo(),
          }));
          for (let from = 0; from < entries.length; from += 10)
            await call("SendMessageBatch", { QueueUrl: queueUrl, Entries: entries.slice(from, from + 10) });
        },
        create,
        remove: () => call("DeleteQueue", { QueueUrl: queueUrl }).then(() => {}),
        close: async () => {},
      };
    }

    sourceConformance("a queue", () => openBench(false));
    sourceConformance("a FIFO queue", () => openBench(true));

    test("what stands in a text of the record, as SNS puts it into a queue, is unwrapped", async () => {
      const bench = await openBench(false);
      const world = await SourceWorld.open(bench.reading);
      await world.put({ ...bench.document, mapping: { unwrap: "Message", ...mapping } });
      await bench.send([{ value: { Type: "Notification", Message: JSON.stringify(record(1)) } }]);
      world.process();
      await until("it is an event", () => world.accepted.size === 1);
      await world.close();
    });

    test("a stop gives back what it has not settled, at once", async () => {
      const bench = await openBench(false);
      const world = await SourceWorld.open(bench.reading);
      await world.put({ ...bench.document, visibilitySeconds: 600, mapping });
      const relieve = world.overload();
      await bench.send([{ value: record(1) }]);
      const first = world.process();
      await until("it waits", () => world.denied > 0);
      await first.stop();
      relieve();
      world.process();
      await until("it is an event", () => world.accepted.size === 1, 10_000);
      await world.close();
    });

    test("a refusal is told by AWS's code, and holds nothing of a message", async () => {
      const account = {
        queueUrl: `${moto.url}/123456789012/nowhere`,
        region: motoRegion,
        baseUrl: moto.url,
        credentials: motoAccount,
        requestTimeoutMs: 5000,
      };
      const queue = new SqsQueue(account, { http, clock: new SystemClock() });
      const options = { batchMax: 1, waitSeconds: 0, visibilitySeconds: 2 };
      await expect(queue.receive(options, new AbortController().signal)).rejects.toThrow(
        /^ReceiveMessage: \w*QueueDoesNotExist$/,
      );
      const closed = new SqsQueue({ ...account, baseUrl: "http://127.0.0.1:1" }, { http, clock: new SystemClock() });
      await expect(closed.depth()).rejects.toThrow(/^GetQueueAttributes: \w+$/);
    });
  },
);
