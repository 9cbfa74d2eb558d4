import type { z } from "zod";

/** One route of the API: what OpenAPI, the server's registration and the SDK's types are made from. */
export interface Route {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Path with parameters in braces, as OpenAPI writes them. */
  path: string;
  /** Name in camelCase; OpenAPI's operationId. */
  operation: string;
  summary: string;
  tag: string;
  body?: z.ZodType;
  query?: z.ZodType;
  headers?: Record<string, string>;
  status: number;
  response?: z.ZodType;
  /** Media type of the body, where that is no JSON. */
  accepts?: "text/csv";
  /** The same of the answer. */
  gives?: "text/csv";
  /** For machines, vendors and recipients: no API key, and the server registers it by hand. */
  open?: true;
  /** A recipient's token in place of the API key. */
  token?: "recipient";
}
