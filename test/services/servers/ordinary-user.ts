import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface User {
  uid: number;
  gid: number;
}

/** Whom a server that refuses to be root runs as: undefined where we are not root, and it runs as ourselves. */
export function ordinaryUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  const line = lines.find((each) => each.startsWith("postgres:")) ?? lines.find((each) => each.startsWith("nobody:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined) throw new Error("there is neither a user postgres nor nobody");
  return { uid: Number(uid), gid: Number(gid) };
}

export function giveTo(user: User | undefined, folder: string): void {
  if (user !== undefined) execFileSync("chown", ["-R", `${user.uid}:${user.gid}`, folder]);
}
