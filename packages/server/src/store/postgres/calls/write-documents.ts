import type {
  DocumentChange,
  DocumentKey,
  DocumentSet,
  DocumentSetResult,
  DocumentWrite,
} from "../../../ports/store/configuration.ts";
import type { Call, CallContext } from "../context.ts";
import { getConfiguration } from "./configuration.ts";
import { deleteConfiguration, lockConfiguration, putConfiguration } from "./configuration-versions.ts";
import { deleteTenant, getTenant, lockTenants, putTenant } from "./tenants.ts";

export const writeDocuments: Call<"writeDocuments"> = async (context, set) => {
  await lockConfiguration(context);
  const named = [...set.writes, ...set.deletes, ...set.expected];
  if (named.some(({ kind }) => kind === "tenant")) await lockTenants(context);
  if (set.dryRun !== true) return write(context, set);
  await context.sql.exec("savepoint dry_run");
  const result = await write(context, set);
  await context.sql.exec("rollback to savepoint dry_run");
  return result;
};

async function write(
  context: CallContext,
  { environmentId, writes, deletes, expected, now }: DocumentSet,
): Promise<DocumentSetResult> {
  for (const { kind, key, version } of expected) {
    const found = await currentVersion(context, environmentId, { kind, key });
    if (found !== version) return { status: "conflict", found: { kind, key, version: found } };
  }
  const changes: DocumentChange[] = [];
  for (const document of writes) changes.push(await writeOne(context, environmentId, document, now));
  for (const document of deletes) changes.push(...(await deleteOne(context, environmentId, document, now)));
  return { status: "written", changes };
}

async function currentVersion(
  context: CallContext,
  environmentId: number,
  { kind, key }: DocumentKey,
): Promise<number> {
  const row =
    kind === "tenant"
      ? await getTenant(context, { environmentId, key })
      : await getConfiguration(context, { environmentId, kind, key });
  return row?.version ?? 0;
}

async function writeOne(
  context: CallContext,
  environmentId: number,
  written: DocumentWrite,
  now: number,
): Promise<DocumentChange> {
  const { kind, key, document } = written;
  const before = await currentVersion(context, environmentId, written);
  const { version } =
    kind === "tenant"
      ? await putTenant(context, { environmentId, key, document, now })
      : await putConfiguration(context, { ...written, kind, environmentId, now });
  return { kind, key, version, change: before === 0 ? "created" : version === before ? "unchanged" : "changed" };
}

async function deleteOne(
  context: CallContext,
  environmentId: number,
  { kind, key }: DocumentKey,
  now: number,
): Promise<DocumentChange[]> {
  const before = await currentVersion(context, environmentId, { kind, key });
  if (before === 0) return [];
  if (kind === "tenant") await deleteTenant(context, { environmentId, key });
  else await deleteConfiguration(context, { environmentId, kind, key, now });
  return [{ kind, key, version: kind === "tenant" ? before : before + 1, change: "deleted" }];
}
