import type { z } from "zod";

/** One call of the API as the SDK makes it: a row of `operations.ts`. */
export interface Operation {
  /** Name in the contract's table of routes. */
  readonly name: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: z.ZodType;
  /** Media type of a body that is no JSON: a text, sent as it is. */
  readonly accepts?: "text/csv";
  readonly query?: z.ZodType;
  readonly status: number;
  /** Left out where the answer has no body. */
  readonly response?: z.ZodType;
  /** Another status whose body is of the same schema. */
  readonly alsoStatus?: number;
  /** No API key is sent. */
  readonly open?: true;
  /**
   * When a call may be made again: `always` where a second one does no harm, as its method or an idempotency key
   * promises; `refused` where only an answer that says that nothing was done (429, 503) allows it.
   */
  readonly repeat: "always" | "refused";
}

export type AnswerOf<O extends Operation> = O extends { readonly response: infer R extends z.ZodType }
  ? z.infer<R>
  : undefined;
