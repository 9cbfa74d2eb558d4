import { idempotencyKeySchema } from "@tidings/contract/events";
import { faultsOf } from "@tidings/contract/faults";
import { idSchema } from "@tidings/contract/text";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { TidingsError } from "../errors.ts";

/** The value as the schema has it. Throws `validation_failed` with the path of each fault, behind `prefix`. */
export function valid<T extends z.ZodType>(schema: T, value: unknown, prefix = ""): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TidingsError("validation_failed", { faults: faultsOf(parsed.error, prefix) });
}

/** A request's body. */
export function body<T extends z.ZodType>(schema: T, request: FastifyRequest): z.infer<T> {
  if (request.body === undefined) {
    throw new TidingsError("validation_failed", { faults: [{ path: "", message: "a body is needed" }] });
  }
  return valid(schema, request.body);
}

/** A parameter of the path, decoded. */
export function parameter(request: FastifyRequest, name: string): string {
  const params: unknown = request.params;
  const value: unknown = typeof params === "object" && params !== null ? Reflect.get(params, name) : undefined;
  return typeof value === "string" ? value : "";
}

/** The `id` of the path. What is no id at all names nothing. */
export function idParameter(request: FastifyRequest): string {
  const id = parameter(request, "id").toLowerCase();
  if (!idSchema.safeParse(id).success) throw new TidingsError("not_found");
  return id;
}

export function idempotencyKey(request: FastifyRequest): string | undefined {
  const key = request.headers["idempotency-key"];
  return key === undefined ? undefined : valid(idempotencyKeySchema, key, "Idempotency-Key");
}
