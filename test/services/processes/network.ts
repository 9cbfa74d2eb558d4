import { execFileSync } from "node:child_process";
import { describe, test } from "vitest";
import { isInstalled } from "../servers/programs.ts";

/** Why there can be no network namespaces here; undefined where there can. */
function whyNoNetworks(): string | undefined {
  if (process.platform !== "linux") return "network namespaces are of Linux";
  if (process.getuid?.() !== 0) return "network namespaces need root";
  return isInstalled("ip") ? undefined : "iproute2 is not installed";
}

/** A cable between this machine and a namespace: both ends have an address. */
export interface Cable {
  /** Address of this machine. */
  here: string;
  pull(): void;
  plug(): void;
}

/** A network of its own for one process, with a cable for each whom it has to reach. */
export interface Network {
  /** Runs a program in it. */
  wrap: readonly string[];
  cables: readonly Cable[];
  remove(): void;
}

const testMs = 240_000;
let made = 0;

/** A test with so many cables. In CI a missing namespace is a failure; elsewhere it is skipped, and its name says why. */
export function testInNetwork(title: string, cables: number, body: (network: Network) => Promise<void>): void {
  const reason = whyNoNetworks();
  const name = `a network of its own${reason === undefined ? "" : ` (${reason})`}`;
  describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(name, () => {
    test(
      title,
      async () => {
        const network = makeNetwork(cables);
        try {
          await body(network);
        } finally {
          network.remove();
        }
      },
      testMs,
    );
  });
}

/** Makes a namespace with so many cables to here. Names and addresses carry this process's number, as others may do the same. */
function makeNetwork(cables: number): Network {
  made += 1;
  const name = `tdg${process.pid}n${made}`;
  ip("netns", "add", name);
  const remove = (): void => ip("netns", "delete", name);
  try {
    ip("-n", name, "link", "set", "lo", "up");
    return {
      wrap: ["ip", "netns", "exec", name],
      cables: Array.from({ length: cables }, (_, index) => lay(name, index)),
      remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Both ends go with the namespace. */
function lay(namespace: string, index: number): Cable {
  const [outer, inner] = [`t${process.pid}h${index}`, `t${process.pid}n${index}`];
  const network = `10.${200 + (process.pid % 50)}.${Math.floor(process.pid / 50) % 250}`;
  const here = `${network}.${index * 4 + 1}`;
  ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", namespace);
  ip("address", "add", `${here}/30`, "dev", outer);
  ip("-n", namespace, "address", "add", `${network}.${index * 4 + 2}/30`, "dev", inner);
  ip("link", "set", outer, "up");
  ip("-n", namespace, "link", "set", inner, "up");
  return {
    here,
    pull: () => ip("link", "set", outer, "down"),
    plug: () => ip("link", "set", outer, "up"),
  };
}

function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: "pipe" });
}
