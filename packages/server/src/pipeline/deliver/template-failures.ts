import type { MessageOrigin } from "../../domain/message.ts";
import type { Configuration, TemplateParts } from "../../ports/configuration.ts";

interface Failing {
  environmentId: number;
  template: string;
  version: number;
  /** The layouts and partials that it failed with. */
  partsRevision: number;
}

/**
 * Templates that fail, so that each version of one gives one signal, however many messages it fails for. A new version
 * that is in force, or a changed layout or partial, begins anew. Bounded: the one that failed first is forgotten first.
 */
export class TemplateFailures {
  readonly #configuration: Pick<Configuration, "currentTemplate"> & Pick<TemplateParts, "partsRevision">;
  readonly #max: number;
  readonly #failing = new Map<string, Failing>();

  constructor(
    configuration: Pick<Configuration, "currentTemplate"> & Pick<TemplateParts, "partsRevision">,
    max: number,
  ) {
    this.#configuration = configuration;
    this.#max = max;
  }

  /** True for the first failure of a version. */
  record({ environmentId, template, templateVersion: version }: MessageOrigin): boolean {
    const name = `${environmentId}:${version}:${template}`;
    const partsRevision = this.#configuration.partsRevision(environmentId);
    if (this.#failing.get(name)?.partsRevision === partsRevision) return false;
    this.#failing.delete(name);
    this.#failing.set(name, { environmentId, template, version, partsRevision });
    if (this.#failing.size > this.#max) {
      const oldest = this.#failing.keys().next().value;
      if (oldest !== undefined) this.#failing.delete(oldest);
    }
    return true;
  }

  /** Templates that fail as they are in force now. */
  get count(): number {
    let count = 0;
    for (const { environmentId, template, version, partsRevision } of this.#failing.values()) {
      const isCurrent = this.#configuration.currentTemplate(environmentId, template)?.version === version;
      if (isCurrent && partsRevision === this.#configuration.partsRevision(environmentId)) count += 1;
    }
    return count;
  }
}
