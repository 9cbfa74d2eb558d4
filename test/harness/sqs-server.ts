import { createServer, type IncomingMessage, type Server } from "node:http";
import { z } from "zod";
import { pause } from "./pause.ts";

const handles = z.object({ Entries: z.array(z.object({ ReceiptHandle: z.string() })) });
const givenMax = 10;

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) if (Buffer.isBuffer(part)) parts.push(part);
  return Buffer.concat(parts).toString();
}

/**
 * One queue that speaks the JSON protocol of SQS, for tests that want it to fail and for measures that want it to be fast; the
 * suites of services have moto's. What it gave stays hidden until it is deleted, or until `redeliver`. `POST /fill` takes
 * messages as lines.
 */
export class SqsServer {
  /** Whether it refuses to delete. */
  refusesDeletes = false;
  #server: Server | undefined;
  #port = 0;
  #sent = 0;
  #waiting: { id: string; body: string }[] = [];
  readonly #hidden = new Map<string, { id: string; body: string }>();

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Messages that are not deleted. */
  get left(): number {
    return this.#waiting.length + this.#hidden.size;
  }

  send(bodies: readonly string[]): void {
    for (const body of bodies) {
      this.#sent += 1;
      this.#waiting.push({ id: `message-${this.#sent}`, body });
    }
  }

  redeliver(): void {
    this.#waiting = [...this.#hidden.values(), ...this.#waiting];
    this.#hidden.clear();
  }

  /** On the port that it had before, where it had one. */
  async listen(): Promise<void> {
    const server = createServer(async (request, response) => {
      const text = await textOf(request);
      const action = String(request.headers["x-amz-target"] ?? request.url).replace("AmazonSQS.", "");
      const json = await this.#answer(action, text, () => response.closed);
      response.writeHead(json === undefined ? 500 : 200, { "content-type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify(json ?? { __type: "com.amazonaws.sqs#InternalError" }));
    });
    this.#server = server;
    await new Promise<void>((resolve) => void server.listen(this.#port, "127.0.0.1", resolve));
    const address = server.address();
    if (typeof address === "object") this.#port = address?.port ?? 0;
  }

  async close(): Promise<void> {
    const server = this.#server;
    await new Promise((resolve) => {
      if (server === undefined) return resolve(undefined);
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  async #answer(action: string, text: string, isGone: () => boolean): Promise<object | undefined> {
    switch (action) {
      case "/fill":
        this.send(text.split("\n"));
        return {};
      case "ReceiveMessage":
        return { Messages: await this.#receive(isGone) };
      case "DeleteMessageBatch":
        if (this.refusesDeletes) return undefined;
        for (const { ReceiptHandle } of handles.parse(JSON.parse(text)).Entries) this.#hidden.delete(ReceiptHandle);
        return {};
      case "GetQueueAttributes":
        return { Attributes: { ApproximateNumberOfMessages: String(this.#waiting.length) } };
      default:
        return {};
    }
  }

  async #receive(isGone: () => boolean): Promise<object[]> {
    // It waits for messages, as a queue does, for less long.
    for (let tries = 0; this.#waiting.length === 0 && tries < 50; tries += 1) await pause(10);
    // Whoever has left is given none.
    if (isGone()) return [];
    return this.#waiting.splice(0, givenMax).map((message) => {
      this.#hidden.set(message.id, message);
      return { MessageId: message.id, ReceiptHandle: message.id, Body: message.body };
    });
  }
}
