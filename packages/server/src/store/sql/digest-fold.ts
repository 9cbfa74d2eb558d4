import type { DigestJoin, NewDecision, NewRun } from "../../ports/store/orchestrate.ts";
import { integer, type SqlRow, text } from "./columns.ts";

/** States of a window: an open one takes events, a sealed one waits to be closed. */
export const windowOpen = 0;
export const windowSealed = 1;

export interface WindowState {
  id: string;
  environmentId: number;
  keyHash: string;
  isOpen: boolean;
  openedAt: number;
  dueAt: number;
  entries: number;
  bytes: number;
  version: number;
}

export function windowState(row: SqlRow): WindowState {
  return {
    id: text(row, "id"),
    environmentId: integer(row, "environment_id"),
    keyHash: text(row, "key_hash"),
    isOpen: integer(row, "state") === windowOpen,
    openedAt: integer(row, "opened_at"),
    dueAt: integer(row, "due_at"),
    entries: integer(row, "entries"),
    bytes: integer(row, "bytes"),
    version: integer(row, "version"),
  };
}

/** A window as joins leave it. */
export interface FoldedWindow {
  state: WindowState;
  /** Gathers it, where it was opened; null where it was there. */
  gatherer: NewRun | null;
  /** It closes at another time than before. */
  isMoved: boolean;
}

/** What joins come to, which both engines write. */
export interface Folded {
  windows: FoldedWindow[];
  entries: { windowId: string; join: DigestJoin }[];
}

/** `joins` are those of one key, in their order; `open` is its window, where one is open. Pure, but for what it adds to. */
export function foldJoins(open: WindowState | undefined, joins: readonly DigestJoin[], into: Folded): void {
  let window: FoldedWindow | undefined =
    open === undefined ? undefined : { state: { ...open }, gatherer: null, isMoved: false };
  if (window !== undefined) into.windows.push(window);
  for (const join of joins) {
    if (window !== undefined && !takes(window.state, join)) {
      seal(window, join.now);
      window = undefined;
    }
    if (window === undefined) {
      window = { state: openedBy(join), gatherer: join.gatherer, isMoved: false };
      into.windows.push(window);
    }
    add(window, join);
    into.entries.push({ windowId: window.state.id, join });
  }
}

/** What is recorded of a join: the window, and before it what else there is to say. */
export function joinedDecision({ decision }: DigestJoin, windowId: string): NewDecision {
  const { detail } = decision;
  return { ...decision, detail: detail === "" ? windowId : `${detail}, in ${windowId}` };
}

function takes(window: WindowState, join: DigestJoin): boolean {
  if (!window.isOpen || join.now >= window.dueAt || window.entries >= join.eventsMax) return false;
  return window.entries === 0 || window.bytes + join.bytes <= join.bytesMax;
}

function add(window: FoldedWindow, { bytes, now, slides, eventsMax }: DigestJoin): void {
  const { state } = window;
  state.entries += 1;
  state.bytes += bytes;
  state.version += 1;
  if (slides !== null)
    moveTo(window, Math.max(state.dueAt, Math.min(now + slides.byMs, state.openedAt + slides.maxMs)));
  if (state.entries >= eventsMax) seal(window, now);
}

/** It takes no more, and closes now where its time has not come. */
function seal(window: FoldedWindow, now: number): void {
  window.state.isOpen = false;
  moveTo(window, Math.min(window.state.dueAt, now));
}

function moveTo(window: FoldedWindow, dueAt: number): void {
  if (dueAt === window.state.dueAt) return;
  window.state.dueAt = dueAt;
  window.isMoved = true;
}

function openedBy({ environmentId, keyHash, now, gatherer, closesAt }: DigestJoin): WindowState {
  const of = { id: gatherer.id, environmentId, keyHash, isOpen: true, openedAt: now, dueAt: closesAt };
  return { ...of, entries: 0, bytes: 0, version: 0 };
}
