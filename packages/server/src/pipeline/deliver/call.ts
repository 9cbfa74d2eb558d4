import type { Clock } from "../../ports/clock.ts";
import type { OutboundMessage, Outcome, Provider, SendContext } from "../../ports/provider.ts";
import type { RequestTrace } from "../../ports/tracer.ts";

/**
 * One call, which always ends: with the provider's outcomes, or, when its time is over, with `unknown` for every
 * message of it. What a provider says after that goes to `late`.
 */
export function callProvider(
  provider: Provider,
  messages: readonly OutboundMessage[],
  call: { callId: string; timeoutMs: number; clock: Clock; trace: RequestTrace | undefined },
  late: (outcomes: readonly Outcome[]) => void,
): Promise<readonly Outcome[]> {
  return new Promise((resolve) => {
    let controller: AbortController | undefined;
    let over = false;
    const timer = call.clock.after(call.timeoutMs, () => {
      over = true;
      controller?.abort();
      resolve(messages.map(() => ({ status: "unknown", code: "timeout" })));
    });
    const end = (outcomes: readonly Outcome[]): void => {
      if (over) {
        if (outcomes.some((outcome) => outcome.status !== "unknown")) late(outcomes);
        return;
      }
      timer.cancel();
      resolve(outcomes);
    };
    const context = {
      callId: call.callId,
      timeoutMs: call.timeoutMs,
      trace: call.trace,
      get signal(): AbortSignal {
        controller ??= new AbortController();
        if (over) controller.abort();
        return controller.signal;
      },
    };
    sending(provider, messages, context).then(
      (outcomes) => end(messages.map((_, index) => outcomes[index] ?? { status: "unknown", code: "no_outcome" })),
      // A provider does not throw for what the network does: this is a fault of its own, and what it sent is open.
      (error: unknown) =>
        end(
          messages.map(() => ({
            status: "unknown",
            code: "provider_fault",
            detail: error instanceof Error ? error.name : "fault",
          })),
        ),
    );
  });
}

/** One that throws before it gives a promise ends as one that rejects. */
function sending(
  provider: Provider,
  messages: readonly OutboundMessage[],
  context: SendContext,
): Promise<readonly Outcome[]> {
  try {
    return provider.send(messages, context);
  } catch (error) {
    return Promise.reject(error);
  }
}
