import type { z } from "zod";
import { type Page, Pages } from "../pages.ts";
import type { Operation } from "./operation.ts";
import type { CallOptions } from "./options.ts";
import type { Input } from "./request.ts";
import type { Transport } from "./transport.ts";

/** Where a list begins, and how many items one page of it has (1 to 100). */
export interface PageQuery {
  cursor?: string | undefined;
  limit?: number | undefined;
}

interface ListOperation<Item> extends Operation {
  readonly response: z.ZodType<Page<Item>>;
}

/** The list that a call gives page by page. The query is checked with the first page. */
export function pagesOf<Item>(
  transport: Transport,
  operation: ListOperation<Item>,
  query: PageQuery | undefined,
  options: CallOptions | undefined,
  path: Input["path"] = {},
): Pages<Item> {
  return new Pages(operation.name, (cursor) => {
    const from = cursor === undefined ? {} : { cursor };
    return transport.call(operation, { path, query: () => ({ ...query, ...from }) }, options);
  });
}
