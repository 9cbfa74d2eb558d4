import { setImmediate as otherWork } from "node:timers/promises";
import type { ConfigurationFault } from "@tidings/contract/configuration";
import { type LayoutBody, layoutBodySchema } from "@tidings/contract/layouts";
import { type PartialBody, partialBodySchema } from "@tidings/contract/partials";
import { type TemplateBody, templateBodySchema } from "@tidings/contract/templates";
import type { TemplateFault } from "../domain/template-fault.ts";
import { faultOfTemplate, partialsOf } from "../domain/template-rules.ts";
import type { ConfigurationStore } from "../ports/store/configuration.ts";
import type { TemplateRules } from "../ports/template-engine.ts";
import { type Stored, storedDocuments, storedLibrary } from "./stored-documents.ts";

type Reads = Pick<ConfigurationStore, "getConfiguration" | "listConfiguration">;

export interface PartUsersQuestion {
  environmentId: number;
  /** Keys of partials whose documents become others. */
  changed: readonly string[];
  /** Whether a document is written too, and so is checked by itself. */
  isWritten(kind: string, key: string): boolean;
  before: Reads;
  /** As all would be once the change is written. */
  after: Reads;
}

export interface PartUsersAnswer {
  /** At the changed partial; each names the document that would break, and the field. */
  faults: ConfigurationFault[];
  /** Documents that use what changed and were not checked, as they are too many. */
  unchecked: number;
}

type User =
  | ({ kind: "template" } & Stored<TemplateBody>)
  | ({ kind: "layout" } & Stored<LayoutBody>)
  | ({ kind: "partial" } & Stored<PartialBody>);

/**
 * What a changed partial breaks: the templates, layouts and partials that take it in, through others too. It knows the
 * messages of whoever takes it in, and may take in others, so that what is right by itself may be wrong there. A layout has
 * messages of its own and does not look into what it stands around: one that is right by itself is right around every
 * template. A document that had the same fault before is none of the change's: who mends one thing must not be stopped by
 * another.
 */
export class PartUsers {
  readonly #templates: TemplateRules;
  readonly #checkedMax: number;

  constructor(templates: TemplateRules, { partUsersCheckedMax }: { partUsersCheckedMax: number }) {
    this.#templates = templates;
    this.#checkedMax = partUsersCheckedMax;
  }

  async check(question: PartUsersQuestion): Promise<PartUsersAnswer> {
    const answer: PartUsersAnswer = { faults: [], unchecked: 0 };
    let checked = 0;
    for await (const [user, key] of usersOf(question)) {
      if (question.isWritten(user.kind, user.key)) continue;
      if (checked === this.#checkedMax) {
        answer.unchecked += 1;
        continue;
      }
      checked += 1;
      for (const fault of await this.#brokenBy(question, user)) {
        const message = `would break the ${user.kind} ${user.key}: ${fault}`;
        answer.faults.push({ kind: "partial", key, path: "", message });
      }
      // Compiling keeps the thread: requests and sockets have their turn in between.
      await otherWork();
    }
    return answer;
  }

  async #brokenBy({ environmentId, before, after }: PartUsersQuestion, user: User): Promise<string[]> {
    const faultsIn = async (store: Reads) =>
      this.#faultsOf(user, await storedLibrary(store, environmentId, user.document)).map(textOf);
    const faults = await faultsIn(after);
    if (faults.length === 0) return [];
    const known = new Set(await faultsIn(before));
    return faults.filter((fault) => !known.has(fault));
  }

  #faultsOf(user: User, library: Awaited<ReturnType<typeof storedLibrary>>): TemplateFault[] {
    if (user.kind === "template") return this.#templates.templateFaults(user.document, library);
    if (user.kind === "layout") return this.#templates.layoutFaults(user.document, library);
    return this.#templates.partialFaults(user.key, user.document, library);
  }
}

function textOf(fault: TemplateFault): string {
  const { path, message } = faultOfTemplate(fault);
  return path === "" ? message : `${path}: ${message}`;
}

/** All documents that take in a changed partial, each with that partial. Of partials keys alone are kept in memory. */
async function* usersOf({ environmentId, changed, after }: PartUsersQuestion): AsyncGenerator<[User, string]> {
  const partials = await reachingPartials(environmentId, changed, after);
  const taken = (document: User["document"]): string | undefined => {
    const key = partialsOf(document).find((name) => partials.has(name));
    return key === undefined ? undefined : partials.get(key);
  };
  for await (const each of storedDocuments(after, environmentId, "partial", partialBodySchema)) {
    const partial = taken(each.document);
    if (partial !== undefined) yield [{ kind: "partial", ...each }, partial];
  }
  for await (const each of storedDocuments(after, environmentId, "layout", layoutBodySchema)) {
    const partial = taken(each.document);
    if (partial !== undefined) yield [{ kind: "layout", ...each }, partial];
  }
  for await (const each of storedDocuments(after, environmentId, "template", templateBodySchema)) {
    const partial = taken(each.document);
    if (partial !== undefined) yield [{ kind: "template", ...each }, partial];
  }
}

/** The changed partials and all that take one in, through others too: by key, the changed one. */
async function reachingPartials(
  environmentId: number,
  changed: readonly string[],
  after: Reads,
): Promise<Map<string, string>> {
  const users = new Map<string, string[]>();
  for await (const { key, document } of storedDocuments(after, environmentId, "partial", partialBodySchema)) {
    for (const name of partialsOf(document)) users.set(name, [...(users.get(name) ?? []), key]);
  }
  const reaching = new Map(changed.map((key) => [key, key]));
  // A map that is walked shows what is added on the way.
  for (const [key, partial] of reaching) {
    for (const user of users.get(key) ?? []) if (!reaching.has(user)) reaching.set(user, partial);
  }
  return reaching;
}
