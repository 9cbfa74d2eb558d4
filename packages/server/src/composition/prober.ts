import type { Clock } from "../ports/clock.ts";
import type { IntegrationConfiguration } from "../ports/configuration.ts";
import type { ProbeResult, Provider, SendContext } from "../ports/provider.ts";
import type { ProbeRow, ProbeStore } from "../ports/store/probes.ts";

interface Parts {
  store: Pick<ProbeStore, "recordProbe">;
  clock: Clock;
  providerOf: (integration: IntegrationConfiguration) => Provider | undefined;
  /** Whether somebody is behind it at all. */
  hasVendor: (integration: IntegrationConfiguration) => boolean;
  newId: () => string;
  timeoutMs: number;
}

/** Asks vendors whether integrations work, with the providers by which this process sends, and keeps what came of it. */
export class Prober {
  readonly #parts: Parts;
  /** Whoever asks for the same meanwhile gets the same answer. */
  readonly #underWay = new Map<string, Promise<ProbeRow>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Ends within the time of a probe, and rejects where the store cannot keep it. */
  probe(integration: IntegrationConfiguration): Promise<ProbeRow> {
    const name = `${integration.environmentId} ${integration.version} ${integration.key}`;
    const known = this.#underWay.get(name);
    if (known !== undefined) return known;
    const probe = this.#probe(integration).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, probe);
    return probe;
  }

  async #probe(integration: IntegrationConfiguration): Promise<ProbeRow> {
    const { environmentId, key, version } = integration;
    const result = await this.#ask(integration);
    return this.#parts.store.recordProbe({
      environmentId,
      integration: key,
      version,
      status: result.status,
      code: result.status === "failed" ? result.code : "",
      detail: result.status === "ok" ? "" : result.detail,
      at: this.#parts.clock.now(),
    });
  }

  async #ask(integration: IntegrationConfiguration): Promise<ProbeResult> {
    const { providerOf, hasVendor } = this.#parts;
    const provider = providerOf(integration);
    if (provider === undefined)
      return { status: "failed", code: "provider_unusable", detail: "its settings do not fit its provider" };
    if (!hasVendor(integration)) return { status: "unchecked", detail: "there is no vendor behind it" };
    const { timeoutMs, newId } = this.#parts;
    return this.#inTime((signal) => asked(provider, { callId: newId(), timeoutMs, signal }));
  }

  #inTime(ask: (signal: AbortSignal) => Promise<ProbeResult>): Promise<ProbeResult> {
    const { clock, timeoutMs } = this.#parts;
    const controller = new AbortController();
    return new Promise((resolve) => {
      const timer = clock.after(timeoutMs, () => {
        resolve({ status: "failed", code: "timeout", detail: `there was no answer in ${timeoutMs} ms` });
        controller.abort();
      });
      void ask(controller.signal)
        .then(resolve)
        .finally(() => timer.cancel());
    });
  }
}

/** A provider does not throw for what a vendor or the network does: this is a fault of its own. */
async function asked(provider: Provider, context: SendContext): Promise<ProbeResult> {
  try {
    return (await provider.probe?.(context)) ?? { status: "unchecked", detail: "its vendor has nothing to ask" };
  } catch (error) {
    return { status: "failed", code: "provider_fault", detail: error instanceof Error ? error.name : "fault" };
  }
}
