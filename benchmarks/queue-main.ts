import { SqsServer } from "../test/harness/sqs-server.ts";

/* A queue in a process of its own. Prints its port. */
const queue = new SqsServer();
await queue.listen();
process.stdout.write(`${JSON.stringify({ port: Number(new URL(queue.url).port) })}\n`);
