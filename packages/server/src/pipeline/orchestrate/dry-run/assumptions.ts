import { digestStepName } from "../../../domain/policy/preference-digest.ts";
import type { Json } from "../../../domain/steps/step-kind.ts";
import type { DryRunRequest, DryRunResult } from "../../../ports/dry-run.ts";
import type { RunRecord, RunTurn } from "../../../ports/store/orchestrate.ts";
import type { OrchestrateKeyring } from "../ports.ts";
import { programOf } from "../programs.ts";
import { arrivalText, messageText } from "./assumed.ts";
import { answered, arrivedIn } from "./waiting-runs.ts";

const nothing: Json = {};

/** What is taken for given where a run would wait for it, and said so, by step. */
export class Assumptions {
  readonly #request: DryRunRequest;
  readonly #keyring: OrchestrateKeyring;
  readonly #texts = new Map<string, string>();

  constructor(request: DryRunRequest, keyring: OrchestrateKeyring) {
    this.#request = request;
    this.#keyring = keyring;
  }

  get all(): DryRunResult["assumed"] {
    return [...this.#texts].map(([step, text]) => ({ step, text }));
  }

  /** The run with what it would wait for. */
  readied(record: RunRecord): RunRecord {
    if (record.window !== null) {
      if (record.workflow === "")
        this.#texts.set(
          digestStepName,
          "nothing else joins the digest of the category, which its recipient gets when it closes",
        );
      else this.#texts.set(this.#stepAt(record), "nobody else joins the digest");
      return record;
    }
    const step = this.#stepAt(record);
    if (record.watch !== null && record.messages.some((message) => message.step === step))
      this.#texts.set(step, messageText(this.#request.assume.messages[step]));
    if (record.wait !== null) {
      const data = this.#request.assume.arrivals[step];
      this.#texts.set(step, arrivalText(data));
      return data === undefined ? record : arrivedIn(record, this.#request.workflow.document, data, this.#keyring);
    }
    if (record.effect === null) return record;
    const given = this.#request.assume.fetches[step];
    this.#texts.set(step, given === undefined ? "the request is not made; it answers {}" : "it answers what was given");
    return answered(record, step, given ?? nothing, this.#keyring);
  }

  /** A step has asked what has become of the run's messages. */
  branched({ messages }: RunRecord, { decisions }: RunTurn): void {
    if (messages.length === 0 || !decisions.some(({ outcome }) => outcome === "branch")) return;
    for (const { step } of messages) this.#texts.set(step, messageText(this.#request.assume.messages[step]));
  }

  #stepAt({ step }: RunRecord): string {
    const instruction = programOf(this.#request.workflow.document)[step];
    return instruction === undefined || instruction.op === "jump" ? "" : instruction.step.id;
  }
}
