import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";

/** Sends what a handler gave, as JSON with its route's status; a text is JSON already, and a stream is CSV. */
export function sendAnswer(reply: FastifyReply, status: number, answer: unknown): FastifyReply {
  reply.code(status);
  if (status === 204) return reply.send();
  if (answer instanceof Readable) return reply.header("content-type", "text/csv; charset=utf-8").send(answer);
  reply.header("content-type", "application/json; charset=utf-8");
  return reply.send(typeof answer === "string" ? answer : JSON.stringify(answer));
}
