import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Failure, root } from "./process.mjs";

const waitMsMax = 10 * 60_000;
const pollMs = 200;
/** A holder writes its number right after it made the file. */
const emptyMsMax = 5000;

/**
 * Runs `body` while no other script of this clone does: `npm start` beside `npm test` must not install or build at the
 * same time. A lock whose holder is gone is taken over.
 */
export async function exclusively(name, body) {
  const folder = join(root, ".tmp");
  const file = join(folder, `${name}.lock`);
  const deadline = Date.now() + waitMsMax;
  while (!take(folder, file)) {
    if (Date.now() > deadline) throw new Failure(`Waited ${waitMsMax / 60_000} minutes for ${file}; is it stale?`);
    await wait(pollMs);
  }
  try {
    return await body();
  } finally {
    if (existsSync(file)) rmSync(file);
  }
}

function take(folder, file) {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    // Who may not write here cannot collide with anybody either: an image built by root and run by another user.
    if (error.code === "EACCES" || error.code === "EROFS") return true;
    if (error.code !== "EEXIST") throw error;
    if (holderIsGone(file)) rmSync(file, { force: true });
    return false;
  }
}

function holderIsGone(file) {
  let pid;
  try {
    const text = readFileSync(file, "utf8");
    if (text === "") return Date.now() - statSync(file).mtimeMs > emptyMsMax;
    pid = Number(text);
  } catch {
    return false;
  }
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}
