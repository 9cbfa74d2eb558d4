import { isIP, Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ISocketFactory } from "kafkajs";
import { type AddressGuardSettings, GuardError, guardedLookup, isPublicAddress } from "../address-guard.ts";

const keepAliveMs = 60_000;

/**
 * Sockets to addresses that the guard lets through, and to no others. It holds for those too that a broker tells of: whoever
 * runs one could otherwise lead us anywhere.
 */
export function guardedSocket(guard: AddressGuardSettings): ISocketFactory {
  const lookup = guardedLookup(guard);
  return ({ host, port, ssl, onConnect }) => {
    // Node asks no look-up for an address that is written out.
    if (isIP(host) !== 0 && !guard.allowPrivateNetwork && !isPublicAddress(host)) return refusedSocket();
    if (ssl) {
      const servername = isIP(host) === 0 ? { servername: host } : {};
      return connectTls({ host, port, lookup, ...servername, ...ssl }, onConnect).setKeepAlive(true, keepAliveMs);
    }
    return new Socket().connect({ host, port, lookup }, onConnect).setKeepAlive(true, keepAliveMs);
  };
}

/** Whoever asked for it listens for its error first. */
function refusedSocket(): Socket {
  const socket = new Socket();
  setImmediate(() => socket.destroy(new GuardError("private_address")));
  return socket;
}
