import {
  type AllowanceList,
  type AllowanceView,
  allowancesQuerySchema,
  type DayReason,
} from "@tidings/contract/allowances";
import { type IntegrationBody, integrationBodySchema } from "@tidings/contract/integrations";
import { policyBodySchema, policyKey } from "@tidings/contract/policies";
import { tenantBodySchema } from "@tidings/contract/tenants";
import { budgetAllowance, dateOfDay, dayOf, integrationAllowance, startOfDay } from "../domain/allowance.ts";
import { bouncesFrom, capOfDay, historyDays, isStopped } from "../domain/warm-up.ts";
import type { AllowanceRow } from "../ports/store/allowances.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { valid } from "./validation.ts";

const pageSize = 200;
/** Integrations that are looked through. */
const integrationsMax = 2000;

type Dependencies = Pick<ApiDependencies, "store" | "clock" | "configuration">;

interface Bounded {
  key: string;
  document: IntegrationBody;
}

export function allowanceHandlers(dependencies: Dependencies): Handlers {
  const { store, clock } = dependencies;
  return {
    listAllowances: async (request, { environmentId }): Promise<AllowanceList> => {
      const { tenant } = valid(allowancesQuerySchema, request.query);
      const day = dayOf(clock.now());
      const bounded = await boundedIntegrations(dependencies, environmentId);
      const budgets = await budgetsOf(dependencies, environmentId, tenant);
      const keys = [
        ...bounded.map(({ key }) => integrationAllowance(key)),
        ...budgets.map((each) => budgetAllowance(each.tenant)),
      ];
      const rows = await store.allowancesOf({ environmentId, keys, fromDay: day - historyDays, toDay: day });
      const items: AllowanceView[] = [];
      for (const each of bounded) items.push(await integrationView(dependencies, environmentId, each, rows, day));
      for (const budget of budgets) items.push(budgetView(budget, usedOf(rows, budgetAllowance(budget.tenant), day)));
      return { day: dateOfDay(day), items };
    },
  };
}

const usedOf = (rows: readonly AllowanceRow[], key: string, day: number): number =>
  rows.find((row) => row.key === key && row.day === day)?.used ?? 0;

async function boundedIntegrations({ configuration }: Dependencies, environmentId: number): Promise<Bounded[]> {
  const found: Bounded[] = [];
  let after = "";
  for (let seen = 0; seen < integrationsMax; seen += pageSize) {
    const kind = "integration" as const;
    const rows = await configuration.store.listConfiguration({ environmentId, kind, after, limit: pageSize });
    for (const { key, document: text } of rows) {
      const document = integrationBodySchema.parse(JSON.parse(text));
      if (document.limits?.perDay !== undefined || document.warmUp !== undefined) found.push({ key, document });
    }
    after = rows.at(-1)?.key ?? "";
    if (rows.length < pageSize) break;
  }
  return found;
}

interface BudgetOf {
  /** Empty for the environment's. */
  tenant: string;
  perDay: number;
}

async function budgetsOf(
  { configuration, store }: Dependencies,
  environmentId: number,
  tenant: string | undefined,
): Promise<BudgetOf[]> {
  const kind = "policy" as const;
  const policy = await configuration.store.getConfiguration({ environmentId, kind, key: policyKey });
  const whole = policy === undefined ? undefined : policyBodySchema.parse(JSON.parse(policy.document)).budget;
  const row = tenant === undefined ? undefined : await store.getTenant({ environmentId, key: tenant });
  const own = row === undefined ? undefined : tenantBodySchema.parse(JSON.parse(row.document)).budget;
  return [
    ...(whole === undefined ? [] : [{ tenant: "", ...whole }]),
    ...(tenant === undefined || own === undefined ? [] : [{ tenant, ...own }]),
  ];
}

/** As deliver reckons it for what is not critical. */
async function integrationView(
  { store }: Dependencies,
  environmentId: number,
  { key, document: { limits, warmUp } }: Bounded,
  all: readonly AllowanceRow[],
  day: number,
): Promise<AllowanceView> {
  const rows = all.filter((row) => row.key === integrationAllowance(key));
  const used = usedOf(rows, integrationAllowance(key), day);
  const perDay = limits?.perDay;
  const usedDays = rows.map((row) => row.day);
  const cap = warmUp === undefined ? undefined : capOfDay(warmUp, usedDays, day);
  const max = Math.min(perDay ?? Number.POSITIVE_INFINITY, cap ?? Number.POSITIVE_INFINITY);
  let reason: DayReason | undefined;
  if (used >= max) reason = max === perDay ? "quota_reached" : "warm_up_reached";
  if (warmUp !== undefined && cap !== undefined && reason !== "quota_reached") {
    const minutes = {
      fromMinute: startOfDay(bouncesFrom(warmUp, day)) / 60_000,
      toMinute: startOfDay(day + 1) / 60_000,
    };
    const sums = await store.bounceSums({ environmentId, ...minutes });
    const { sent = 0, bounced = 0 } = sums.find(({ integration }) => integration === key) ?? {};
    if (isStopped(warmUp, sent, bounced)) reason = "warm_up_stopped";
  }
  return {
    kind: "integration",
    integration: key,
    used,
    ...(max === Number.POSITIVE_INFINITY ? {} : { max }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function budgetView({ tenant, perDay }: BudgetOf, usedMillionths: number): AllowanceView {
  const used = usedMillionths / 1e6;
  return {
    kind: "budget",
    ...(tenant === "" ? {} : { tenant }),
    used,
    max: perDay,
    ...(used >= perDay ? { reason: "budget_reached" as const } : {}),
  };
}
