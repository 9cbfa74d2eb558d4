import type { ProbeResult, ProviderEnvironment, SendContext } from "../../../ports/provider.ts";
import type { SmtpSettings } from "../smtp-settings.ts";
import { SmtpConnection } from "./connection.ts";
import type { SmtpFault } from "./fault.ts";

/** A connection of its own up to where it would take mail: greeting, TLS and AUTH as they are set. It quits without one. */
export function probeServer(
  settings: SmtpSettings,
  environment: ProviderEnvironment,
  { signal }: SendContext,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const lose = (): void => connection.lose("timeout");
    const connection = new SmtpConnection(settings, environment, {
      keepsIdle: false,
      next: () => undefined,
      giveBack: () => undefined,
      onEnd: (_connection, fault) => {
        signal.removeEventListener("abort", lose);
        resolve(fault === undefined ? { status: "ok" } : failed(fault));
      },
    });
    signal.addEventListener("abort", lose);
    void connection.open();
  });
}

/** Of a reply its digits alone: what a server says may quote names. */
function failed({ code, command, reply = "" }: SmtpFault): ProbeResult {
  const digits = /^\d{3}/.exec(reply)?.[0] ?? "";
  const detail = [digits, command === "" ? "before a mail" : `to ${command}`].filter((part) => part !== "").join(" ");
  return { status: "failed", code, detail };
}
