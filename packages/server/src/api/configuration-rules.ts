import type { ConfigurationKind } from "@tidings/contract/configuration";
import type { Fault } from "@tidings/contract/errors";
import type { PartialBody } from "@tidings/contract/partials";
import { type TemplateBody, templateBodySchema } from "@tidings/contract/templates";
import type { WorkflowBody } from "@tidings/contract/workflows";
import {
  integrationFaults,
  type ProviderRules,
  policyFaults,
  templateUseFaults,
  workflowFaults,
  workflowReferences,
} from "../domain/configuration-rules.ts";
import type { CompileRequest } from "../domain/fetch-step-faults.ts";
import { sourceFaults } from "../domain/source-rules.ts";
import { faultOfTemplate } from "../domain/template-rules.ts";
import type { DataSchemas } from "../ports/data-schemas.ts";
import type { ConfigurationStore } from "../ports/store/configuration.ts";
import type { TemplateRules } from "../ports/template-engine.ts";
import { categoryFaults, categoryUsing } from "./category-rules.ts";
import type { ConfigurationDocument } from "./configuration-documents.ts";
import { categoryReputationFaults, integrationReputationFaults } from "./reputation-rules.ts";
import { type DocumentUser, storedLibrary, storedWorkflows, userOfLayout, userOfPartial } from "./stored-documents.ts";

/** What must hold between documents before one of them is written or deleted. */
export interface ConfigurationRules {
  check(
    environmentId: number,
    key: string,
    written: ConfigurationDocument,
    secrets: Readonly<Record<string, string>>,
  ): Promise<Fault[]>;
  /** A document that refers to it; undefined where none does. */
  userOf(environmentId: number, kind: ConfigurationKind, key: string): Promise<DocumentUser | undefined>;
  /** The same rules over other documents. */
  over(store: ConfigurationRulesOptions["store"]): ConfigurationRules;
}

export interface ConfigurationRulesOptions {
  store: Pick<ConfigurationStore, "getConfiguration" | "listConfiguration">;
  provider: (name: string) => ProviderRules | undefined;
  templates: TemplateRules;
  compileRequest: CompileRequest;
  dataSchemas: Pick<DataSchemas, "schemaFaults">;
}

/** The rules over what is stored now: the cache of the stages may be a second behind. */
export class StoredConfigurationRules implements ConfigurationRules {
  readonly #options: ConfigurationRulesOptions;

  constructor(options: ConfigurationRulesOptions) {
    this.#options = options;
  }

  over(store: ConfigurationRulesOptions["store"]): ConfigurationRules {
    return new StoredConfigurationRules({ ...this.#options, store });
  }

  async check(
    environmentId: number,
    key: string,
    written: ConfigurationDocument,
    secrets: Readonly<Record<string, string>>,
  ): Promise<Fault[]> {
    const { store, templates } = this.#options;
    switch (written.kind) {
      case "category":
        return [
          ...(await categoryFaults(store, environmentId, written.document)),
          ...(await categoryReputationFaults(store, environmentId)),
        ];
      case "policy":
        return policyFaults(key);
      case "segment":
        return [];
      case "integration":
        return [
          ...integrationFaults(written.document, secrets, this.#options.provider(written.document.provider)),
          ...(await integrationReputationFaults(store, environmentId, key)),
        ];
      case "source":
        return sourceFaults(written.document, secrets);
      case "workflow":
        return this.#checkWorkflow(environmentId, written.document);
      case "layout": {
        const library = await storedLibrary(store, environmentId, written.document);
        return templates.layoutFaults(written.document, library).map(faultOfTemplate);
      }
      case "partial":
        return this.#checkPartial(environmentId, key, written.document);
      case "template": {
        const library = await storedLibrary(store, environmentId, written.document);
        const faults = templates.templateFaults(written.document, library).map(faultOfTemplate);
        return faults.length > 0
          ? faults
          : templateUseFaults(key, written.document, await storedWorkflows(store, environmentId));
      }
    }
  }

  async userOf(environmentId: number, kind: ConfigurationKind, key: string): Promise<DocumentUser | undefined> {
    const { store } = this.#options;
    switch (kind) {
      case "layout":
        return userOfLayout(store, environmentId, key);
      case "partial":
        return userOfPartial(store, environmentId, key, false);
      case "category":
      case "template": {
        const user = (await storedWorkflows(store, environmentId)).find(({ document }) => {
          const references = workflowReferences(document);
          return kind === "category" ? references.category === key : references.templates.includes(key);
        });
        if (user !== undefined) return { kind: "workflow", key: user.key };
        return kind === "template" ? categoryUsing(store, environmentId, key) : undefined;
      }
      default:
        return undefined;
    }
  }

  async #checkPartial(environmentId: number, key: string, partial: PartialBody): Promise<Fault[]> {
    const { store, templates } = this.#options;
    const faults = templates.partialFaults(key, partial, await storedLibrary(store, environmentId, partial));
    if (faults.length > 0 || partial.html !== undefined) return faults.map(faultOfTemplate);
    const user = await userOfPartial(store, environmentId, key, true);
    return user === undefined ? [] : [{ path: "html", message: `is used by the ${user.kind} ${user.key}` }];
  }

  async #checkWorkflow(environmentId: number, workflow: WorkflowBody): Promise<Fault[]> {
    const { store } = this.#options;
    const references = workflowReferences(workflow);
    const templates = new Map<string, TemplateBody>();
    for (const key of references.templates) {
      const row = await store.getConfiguration({ environmentId, kind: "template", key });
      if (row !== undefined) templates.set(key, templateBodySchema.parse(JSON.parse(row.document)));
    }
    const category = await store.getConfiguration({ environmentId, kind: "category", key: references.category });
    return [
      ...workflowFaults(workflow, category !== undefined, templates, this.#options.compileRequest),
      ...this.#dataFaults(workflow),
    ];
  }

  #dataFaults({ data }: WorkflowBody): Fault[] {
    const faults = data === undefined ? [] : this.#options.dataSchemas.schemaFaults(data);
    return faults.map(({ path, message }) => ({ path: path === "" ? "data" : `data.${path}`, message }));
  }
}
