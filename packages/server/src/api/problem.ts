import { type ErrorCode, errorCodes, type Problem } from "@tidings/contract/errors";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { TidingsError } from "../errors.ts";
import type { ApiLogger } from "./dependencies.ts";

/** A fault as `application/problem+json` shows it. */
export function problemOf(error: TidingsError, requestId?: string): Problem {
  const [status, title] = errorCodes[error.code];
  return {
    type: `urn:tidings:error:${error.code}`,
    title,
    status,
    code: error.code,
    ...(error.message === title ? {} : { detail: error.message }),
    ...(error.faults.length === 0 ? {} : { errors: [...error.faults] }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

export function sendProblem(error: TidingsError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error, request.id);
  // Fastify asks for the connection to be closed when a body was refused. Node reads the rest and drops it, so the
  // caller sees this answer instead of a reset, and keeps the connection. A server that stops would wait for those who go
  // on on theirs.
  if (error.code === "stopping") reply.header("connection", "close");
  else reply.removeHeader("connection");
  if (error.retryAfterSeconds !== undefined) reply.header("retry-after", String(error.retryAfterSeconds));
  if (error.code === "unauthorized") reply.header("www-authenticate", "Bearer");
  reply.code(problem.status).header("content-type", "application/problem+json");
  // As bytes: to a text Fastify would add a charset, which this media type does not have (RFC 9457 §6.1).
  return reply.send(Buffer.from(JSON.stringify(problem)));
}

/** What Fastify itself refuses, in words of the closed list. */
const ofFastify: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_ERR_CTP_BODY_TOO_LARGE: "body_too_large",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "malformed_json",
  FST_ERR_CTP_EMPTY_JSON_BODY: "malformed_json",
  FST_ERR_BAD_URL: "not_found",
  FST_ERR_MAX_PARAM_LENGTH: "not_found",
  FST_ERR_NOT_FOUND: "not_found",
};

/** Answers every error as a problem. What is no refusal of the caller's request is logged, and told to nobody. */
export function errorHandler(logger: ApiLogger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (error instanceof TidingsError) {
      if (error.code === "internal") logger.error({ err: error, requestId: request.id }, "a request failed");
      return sendProblem(error, request, reply);
    }
    const code = isFastifyError(error) ? ofFastify[error.code] : undefined;
    if (code !== undefined) return sendProblem(new TidingsError(code), request, reply);
    if (isAborted(error)) return sendProblem(new TidingsError("malformed_json"), request, reply);
    logger.error({ err: error, requestId: request.id, route: request.routeOptions.url }, "a request failed");
    return sendProblem(new TidingsError("internal"), request, reply);
  };
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

/** The caller went away in the middle of its body: nobody reads the answer, and no fault of ours is to be logged. */
function isAborted(error: unknown): boolean {
  return isFastifyError(error) && error.code === "ECONNRESET";
}
