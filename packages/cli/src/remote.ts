import type { DocumentKind } from "@tidings/contract/configuration";
import type { ConfigurationRemote, RemoteDocument } from "@tidings/folder/remote";
import type { Api } from "./api.ts";
import { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** Documents that are asked for at once. */
const pageItems = 100;

/** An environment as the folder's functions compare it: the one that the key is of. */
export async function openRemote(api: Api, terminal: Terminal, signal: AbortSignal): Promise<ConfigurationRemote> {
  const { current } = await api.environments.list({ signal });
  return {
    environment: current,
    list: (kind) => listDocuments(api, kind, terminal, signal),
    check: (set) => api.configuration.check(set, { signal }),
    apply: async (set) => (await api.configuration.apply(set, { signal })).documents,
  };
}

async function listDocuments(
  api: Api,
  kind: DocumentKind,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<RemoteDocument[]> {
  const progress = new Progress(terminal, `reading ${kind} documents`);
  const documents: RemoteDocument[] = [];
  try {
    for await (const { key, version, document, secretNames } of viewsOf(api, kind, signal)) {
      documents.push({ kind, key, version, document, ...(secretNames === undefined ? {} : { secretNames }) });
      progress.to(documents.length);
    }
    return documents;
  } finally {
    progress.end();
  }
}

interface View {
  key: string;
  version: number;
  document: unknown;
  secretNames?: readonly string[] | undefined;
}

function viewsOf(api: Api, kind: DocumentKind, signal: AbortSignal): AsyncIterable<View> {
  const options = { signal };
  const query = { limit: pageItems };
  switch (kind) {
    case "category":
      return api.categories.list(query, options);
    case "integration":
      return api.integrations.list(query, options);
    case "source":
      return api.sources.list(query, options);
    case "workflow":
      return api.workflows.list(query, options);
    case "template":
      return api.templates.list(query, options);
    case "layout":
      return api.layouts.list(query, options);
    case "partial":
      return api.partials.list(query, options);
    case "policy":
      return api.policies.list(query, options);
    case "segment":
      return api.segments.list(query, options);
    case "tenant":
      return api.tenants.list(query, options);
  }
}
