import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Clock } from "../../../ports/clock.ts";
import type { ProviderEnvironment } from "../../../ports/provider.ts";
import type { SmtpSettings } from "../smtp-settings.ts";
import { SmtpFault } from "./fault.ts";

type Endpoint = Pick<SmtpSettings, "host" | "port" | "ca" | "connectTimeoutMs">;

/** A connection to the address that the guard gave, and to no other. Rejects with a SmtpFault. */
export function openSocket(
  settings: Endpoint,
  environment: Pick<ProviderEnvironment, "resolve" | "clock">,
): Promise<Socket> {
  const { clock } = environment;
  const until = clock.monotonic() + settings.connectTimeoutMs;
  return inTime(addressOf(settings.host, environment), settings.connectTimeoutMs, clock).then((host) => {
    const socket = connect({ host, port: settings.port, noDelay: true });
    const connected = new Promise<Socket>((resolve, reject) => {
      const onError = (): void => reject(new SmtpFault("connection_failed"));
      socket.once("error", onError);
      socket.once("connect", () => {
        socket.removeListener("error", onError);
        resolve(socket);
      });
    });
    return orDestroy(socket, inTime(connected, Math.max(1, until - clock.monotonic()), clock));
  });
}

/** TLS on a socket; the certificate is matched with the host of the settings, whatever address that had. */
export function secureSocket(socket: Socket, settings: Endpoint, clock: Clock): Promise<TLSSocket> {
  const { host, ca } = settings;
  const secure = connectTls({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
  });
  const secured = new Promise<TLSSocket>((resolve, reject) => {
    const onError = (): void => reject(new SmtpFault("tls_failed"));
    secure.once("error", onError);
    secure.once("close", onError);
    secure.once("secureConnect", () => {
      secure.removeListener("error", onError);
      secure.removeListener("close", onError);
      resolve(secure);
    });
  });
  return orDestroy(secure, inTime(secured, settings.connectTimeoutMs, clock));
}

async function addressOf(host: string, { resolve }: Pick<ProviderEnvironment, "resolve">): Promise<string> {
  const found = await resolve?.(host);
  if (found?.status === "resolved") return found.address;
  throw new SmtpFault(found?.code === "private_address" ? "private_address" : "dns_failed");
}

/** A socket that nobody uses is closed, and what it still says of its end is heard by nobody. */
function orDestroy<T>(socket: Socket, made: Promise<T>): Promise<T> {
  return made.catch((error: unknown) => {
    socket.on("error", () => undefined).destroy();
    throw error;
  });
}

function inTime<T>(made: Promise<T>, timeoutMs: number, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(timeoutMs, () => reject(new SmtpFault("timeout")));
    made.then(resolve, reject).finally(() => timer.cancel());
  });
}
