import { Counter, Gauge, type Registry } from "prom-client";

/** Names of templates are the application's: only so many of them become labels. */
const labelsMax = 1000;

/** What is counted about templates that fail. */
export class TemplateMetrics {
  readonly #failures: Counter;
  readonly #failing: Gauge;
  readonly #labels = new Set<string>();

  constructor(registry: Registry) {
    const registers = [registry];
    this.#failures = new Counter({
      name: "tidings_template_failures_total",
      help: "Messages that went to the dead letters, as their template failed",
      labelNames: ["template"],
      registers,
    });
    this.#failing = new Gauge({
      name: "tidings_failing_templates",
      help: "Templates in force that failed for a message",
      registers,
    });
  }

  failed(template: string): void {
    const hasLabel = this.#labels.has(template) || this.#labels.size < labelsMax;
    if (hasLabel) this.#labels.add(template);
    this.#failures.inc({ template: hasLabel ? template : "other" });
  }

  /** `count` templates fail as they are in force now. */
  show(count: number): void {
    this.#failing.set(count);
  }
}
