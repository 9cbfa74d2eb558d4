import type { ConfigurationKind } from "@tidings/contract/configuration";
import type { Fault } from "@tidings/contract/errors";
import { type TemplateBody, templateBodySchema } from "@tidings/contract/templates";
import { type WorkflowBody, workflowBodySchema } from "@tidings/contract/workflows";
import {
  type CompileTemplate,
  integrationFaults,
  type ProviderRules,
  templateFaults,
  templateUseFaults,
  workflowFaults,
  workflowReferences,
} from "../domain/configuration-rules.ts";
import type { ConfigurationStore } from "../ports/store/configuration.ts";
import type { ConfigurationDocument } from "./configuration-documents.ts";

/** What must hold between documents before one of them is written or deleted. */
export interface ConfigurationRules {
  check(
    environmentId: number,
    key: string,
    written: ConfigurationDocument,
    secrets: Readonly<Record<string, string>>,
  ): Promise<Fault[]>;
  /** Key of a workflow that refers to it; undefined where none does. */
  userOf(environmentId: number, kind: ConfigurationKind, key: string): Promise<string | undefined>;
}

export interface ConfigurationRulesOptions {
  store: Pick<ConfigurationStore, "getConfiguration" | "listConfiguration">;
  provider: (name: string) => ProviderRules | undefined;
  compile: CompileTemplate;
}

interface StoredWorkflow {
  key: string;
  document: WorkflowBody;
}

const pageLength = 100;

/** The rules over what is stored now: the cache of the stages may be a second behind. */
export class StoredConfigurationRules implements ConfigurationRules {
  readonly #options: ConfigurationRulesOptions;

  constructor(options: ConfigurationRulesOptions) {
    this.#options = options;
  }

  async check(
    environmentId: number,
    key: string,
    written: ConfigurationDocument,
    secrets: Readonly<Record<string, string>>,
  ): Promise<Fault[]> {
    switch (written.kind) {
      case "category":
        return [];
      case "integration":
        return integrationFaults(written.document, secrets, this.#options.provider(written.document.provider));
      case "workflow":
        return this.#checkWorkflow(environmentId, written.document);
      case "template": {
        const faults = templateFaults(written.document, this.#options.compile);
        return faults.length > 0
          ? faults
          : templateUseFaults(key, written.document, await this.#workflows(environmentId));
      }
    }
  }

  async userOf(environmentId: number, kind: ConfigurationKind, key: string): Promise<string | undefined> {
    if (kind === "workflow" || kind === "integration") return undefined;
    const user = (await this.#workflows(environmentId)).find(({ document }) => {
      const references = workflowReferences(document);
      return kind === "category" ? references.category === key : references.templates.includes(key);
    });
    return user?.key;
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
    return workflowFaults(workflow, category !== undefined, templates);
  }

  async #workflows(environmentId: number): Promise<StoredWorkflow[]> {
    const all: StoredWorkflow[] = [];
    for (let after = ""; ; ) {
      const rows = await this.#options.store.listConfiguration({
        environmentId,
        kind: "workflow",
        after,
        limit: pageLength,
      });
      for (const { key, document } of rows) all.push({ key, document: workflowBodySchema.parse(JSON.parse(document)) });
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageLength) return all;
      after = last.key;
    }
  }
}
