import type { RunMessage, RunRecord } from "../../../ports/store/orchestrate.ts";

/** Messages of each run of a dry run so far, as its later steps see them. */
export class RunMessages {
  readonly #byRun = new Map<string, RunMessage[]>();

  add(runId: string, message: RunMessage): void {
    this.#byRun.set(runId, [...this.of(runId), message]);
  }

  of(runId: string): readonly RunMessage[] {
    return this.#byRun.get(runId) ?? [];
  }

  /** With the messages that it watches, where it does. */
  watchedBy(record: RunRecord): RunRecord {
    return record.watch === null ? record : { ...record, messages: this.of(record.watch.of) };
  }
}
