import { z } from "zod";
import type { FetchInit } from "./fetch.ts";
import { checked, checkedBody } from "./input.ts";
import type { Operation } from "./operation.ts";

/** What one call sends. Functions give what the caller gave, so that reading it is part of checking it. */
export interface Input {
  /** Parts of the path, by name, each with its schema. */
  path?: Record<string, readonly [z.ZodType<string>, unknown]>;
  query?: () => unknown;
  body?: () => unknown;
  /** The body of an operation that takes no JSON. */
  text?: string;
  headers?: Record<string, string>;
}

export interface Request {
  url: string;
  init: Omit<FetchInit, "signal">;
}

/** Checks an input and makes the request of it that all attempts send. Throws `TidingsInputError`. */
export function requestOf(server: { baseUrl: string; apiKey: string }, operation: Operation, input: Input): Request {
  const headers: Record<string, string> = { ...input.headers, accept: "application/json" };
  if (operation.open === undefined) headers["authorization"] = `Bearer ${server.apiKey}`;
  const init: Request["init"] = { method: operation.method, headers, redirect: "manual" };
  if (operation.body !== undefined) {
    init.body = checkedBody(operation.name, operation.body, input.body ?? (() => undefined));
    headers["content-type"] = "application/json";
  }
  if (operation.accepts !== undefined) {
    init.body = checked(operation.name, z.string().min(1), () => input.text, "csv");
    headers["content-type"] = operation.accepts;
  }
  return { url: server.baseUrl + pathOf(operation, input) + queryOf(operation, input), init };
}

function pathOf(operation: Operation, { path = {} }: Input): string {
  let text = operation.path;
  for (const [name, [schema, value]] of Object.entries(path)) {
    text = text.replace(`{${name}}`, encodeURIComponent(checked(operation.name, schema, () => value, name)));
  }
  return text;
}

function queryOf(operation: Operation, { query }: Input): string {
  if (operation.query === undefined || query === undefined) return "";
  const values = checked(operation.name, operation.query, query);
  if (typeof values !== "object" || values === null) return "";
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}
