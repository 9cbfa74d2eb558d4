import type { DataSchemas } from "../../../ports/data-schemas.ts";
import type { DryRunStore } from "../../../ports/store/dry-run.ts";
import type { OrchestrateStore } from "../../../ports/store/orchestrate.ts";
import type { RecentStore } from "../../../ports/store/recent.ts";
import type { SegmentStore } from "../../../ports/store/segments.ts";
import type { AudienceStore } from "../../../ports/store/topics.ts";
import type { OrchestrateDependencies } from "../ports.ts";

export type DryRunDependencies = Pick<
  OrchestrateDependencies,
  "configuration" | "lookBack" | "tenants" | "keyring" | "ids" | "clock" | "steps" | "limits"
> & {
  store: Pick<OrchestrateStore, "loadRecipients"> &
    Pick<AudienceStore, "readSubscribers"> &
    SegmentStore &
    RecentStore &
    DryRunStore;
  dataSchemas: DataSchemas;
};
