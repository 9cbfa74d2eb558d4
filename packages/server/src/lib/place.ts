import { readFileSync, readlinkSync } from "node:fs";

/**
 * Names this start of this machine and its process numbers, as a container has numbers of its own: two processes with one
 * place see each other's. Empty where that cannot be told.
 */
export function placeOfProcess(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return "";
  }
}

/** Whether no process of this place has that number. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
