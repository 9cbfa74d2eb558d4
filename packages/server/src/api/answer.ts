import type { FastifyReply } from "fastify";

/** Sends what a handler gave, as JSON with its route's status; a text is JSON already. */
export function sendAnswer(reply: FastifyReply, status: number, answer: unknown): FastifyReply {
  reply.code(status);
  if (status === 204) return reply.send();
  reply.header("content-type", "application/json; charset=utf-8");
  return reply.send(typeof answer === "string" ? answer : JSON.stringify(answer));
}
