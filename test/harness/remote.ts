import {
  configurationAppliedSchema,
  configurationCheckSchema,
  type DocumentKind,
} from "@tidings/contract/configuration";
import { pageOf } from "@tidings/contract/pages";
import type { ConfigurationRemote, RemoteDocument } from "@tidings/folder/remote";
import { z } from "zod";
import type { Api } from "./api.ts";

const plurals: Readonly<Record<DocumentKind, string>> = {
  category: "categories",
  integration: "integrations",
  source: "sources",
  workflow: "workflows",
  template: "templates",
  layout: "layouts",
  partial: "partials",
  tenant: "tenants",
  policy: "policies",
  segment: "segments",
};

const pageSchema = pageOf(
  z.object({
    key: z.string(),
    version: z.int(),
    document: z.unknown(),
    secretNames: z.array(z.string()).optional(),
  }),
);

/** An environment of a real server, as the folder's logic sees it. */
export function remoteOf(api: Api, environment: string, key?: string): ConfigurationRemote {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const call = async (path: string, body?: unknown): Promise<unknown> => {
    const { status, json } = await api.call(body === undefined ? "GET" : "POST", path, body, headers);
    if (status !== 200) throw new Error(`${path} gave ${status}: ${JSON.stringify(json)}`);
    return json;
  };
  return {
    environment,
    list: async (kind) => {
      const documents: RemoteDocument[] = [];
      for (let cursor: string | undefined = ""; cursor !== undefined; ) {
        const query: string = cursor === "" ? "" : `?cursor=${cursor}`;
        const page: z.infer<typeof pageSchema> = pageSchema.parse(await call(`/v1/${plurals[kind]}${query}`));
        for (const { secretNames, ...item } of page.items) {
          documents.push({ kind, ...item, ...(secretNames === undefined ? {} : { secretNames }) });
        }
        cursor = page.nextCursor;
      }
      return documents;
    },
    check: async (set) => configurationCheckSchema.parse(await call("/v1/configuration/check", set)),
    apply: async (set) => configurationAppliedSchema.parse(await call("/v1/configuration/apply", set)).documents,
  };
}
