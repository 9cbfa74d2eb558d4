import type {
  DocumentChange,
  DocumentKey,
  DocumentSet,
  DocumentSetResult,
  DocumentWrite,
} from "../../../ports/store/configuration.ts";
import type { Call, CallContext } from "../context.ts";
import { getConfiguration } from "./configuration.ts";
import { deleteConfiguration, putConfiguration } from "./configuration-versions.ts";
import { deleteTenant, getTenant, putTenant } from "./tenants.ts";

/** Inside the savepoint that every call has, so that a dry run needs one of its own. */
const dryRun = "dry_run";

export const writeDocuments: Call<"writeDocuments"> = (context, set) => {
  if (set.dryRun !== true) return write(context, set);
  context.database.exec(`savepoint ${dryRun}`);
  try {
    return write(context, set);
  } finally {
    context.database.exec(`rollback to ${dryRun}; release ${dryRun}`);
  }
};

function write(
  context: CallContext,
  { environmentId, writes, deletes, expected, now }: DocumentSet,
): DocumentSetResult {
  for (const { kind, key, version } of expected) {
    const found = currentVersion(context, environmentId, { kind, key });
    if (found !== version) return { status: "conflict", found: { kind, key, version: found } };
  }
  const written = writes.map((write) => writeOne(context, environmentId, write, now));
  const deleted = deletes.flatMap((document) => deleteOne(context, environmentId, document, now));
  return { status: "written", changes: [...written, ...deleted] };
}

function currentVersion(context: CallContext, environmentId: number, { kind, key }: DocumentKey): number {
  const row =
    kind === "tenant"
      ? getTenant(context, { environmentId, key })
      : getConfiguration(context, { environmentId, kind, key });
  return row?.version ?? 0;
}

function writeOne(context: CallContext, environmentId: number, write: DocumentWrite, now: number): DocumentChange {
  const { kind, key, document } = write;
  const before = currentVersion(context, environmentId, write);
  const { version } =
    kind === "tenant"
      ? putTenant(context, { environmentId, key, document, now })
      : putConfiguration(context, { ...write, kind, environmentId, now });
  return { kind, key, version, change: before === 0 ? "created" : version === before ? "unchanged" : "changed" };
}

function deleteOne(
  context: CallContext,
  environmentId: number,
  { kind, key }: DocumentKey,
  now: number,
): DocumentChange[] {
  const before = currentVersion(context, environmentId, { kind, key });
  if (before === 0) return [];
  if (kind === "tenant") deleteTenant(context, { environmentId, key });
  else deleteConfiguration(context, { environmentId, kind, key, now });
  return [{ kind, key, version: kind === "tenant" ? before : before + 1, change: "deleted" }];
}
