import type { PauseView } from "@tidings/contract/pauses";
import type { QueueView } from "@tidings/contract/queues";
import type { WorkerView } from "@tidings/contract/workers";
import { pauseTable } from "./pause-table.ts";
import { tableLines } from "./table.ts";
import type { Style, Terminal } from "./terminal.ts";

/** Queues and workers of an installation, and what is paused in the environment of the key, as one look has them. */
export interface Stand {
  queues: readonly QueueView[];
  workers: readonly WorkerView[];
  pauses: readonly PauseView[];
}

/** Nothing waits for what only somebody can bring: a worker, or more of them. A bound that holds is no fault. */
export function isWell({ queues }: Stand): boolean {
  return !queues.some(needsSomebody);
}

function needsSomebody({ held }: QueueView): boolean {
  return held?.reason === "no_worker" || held?.reason === "behind";
}

export function statusLines({ queues, workers, pauses }: Stand, terminal: Terminal): string[] {
  const buffers = workers.flatMap((worker) =>
    worker.buffers.filter(({ waiting }) => waiting > 0).map((buffer) => ({ worker, buffer })),
  );
  return [
    ...queueLines(queues.filter(hasWork), terminal),
    ...(pauses.length === 0 ? [] : ["", ...pauseTable(pauses).map((line) => terminal.style("yellow", line))]),
    "",
    ...workerLines(workers, terminal),
    ...(buffers.length === 0 ? [] : ["", ...bufferLines(buffers)]),
  ];
}

/** Something is due, or came or went lately. */
function hasWork({ due, inPerMinute = 0, outPerMinute = 0 }: QueueView): boolean {
  return due > 0 || inPerMinute > 0 || outPerMinute > 0;
}

function queueLines(queues: readonly QueueView[], terminal: Terminal): string[] {
  if (queues.length === 0) return ["nothing waits, and nothing came or went in the last minutes"];
  const rows = queues.map(({ queue, lane, channel = "", due, dueIsBound, ageMs, inPerMinute, outPerMinute, held }) => [
    queue,
    lane,
    channel,
    `${due}${dueIsBound ? "+" : ""}`,
    due === 0 || ageMs === undefined ? "" : ageText(ageMs),
    rateText(inPerMinute),
    rateText(outPerMinute),
    held === undefined ? "" : `${held.reason}: ${held.detail}`,
  ]);
  const head = ["QUEUE", "LANE", "CHANNEL", "DUE", "AGE", "IN/MIN", "OUT/MIN", "HELD"];
  return styledTable(head, rows, terminal, (index) => {
    const queue = queues[index];
    if (queue?.held === undefined) return undefined;
    return needsSomebody(queue) ? "red" : "yellow";
  });
}

function workerLines(workers: readonly WorkerView[], terminal: Terminal): string[] {
  const hasReplica = workers.some(({ replica }) => replica !== undefined);
  const rows = workers.map(({ node, roles, version, host, pid, state, heartbeatAgeMs, inFlight, replica }) => [
    node,
    roles.join(","),
    version,
    `${host} (${pid})`,
    `${state === "alive" ? "" : `${state}, `}${ageText(heartbeatAgeMs)} ago`,
    String(inFlight),
    ...(hasReplica ? [replicaText(replica)] : []),
  ]);
  if (rows.length === 0) return ["no worker is known"];
  const head = ["WORKER", "ROLES", "VERSION", "HOST", "HEARTBEAT", "IN FLIGHT", ...(hasReplica ? ["REPLICA"] : [])];
  return styledTable(head, rows, terminal, (index) => {
    const worker = workers[index];
    return worker?.state === "alive" && worker.replica?.state !== "aside" ? undefined : "yellow";
  });
}

function replicaText(replica: WorkerView["replica"]): string {
  if (replica === undefined) return "";
  const { state, reason, behindMs } = replica;
  const said = reason === undefined ? state : `${state}: ${reason}`;
  return behindMs === undefined ? said : `${said}, ${ageText(behindMs)}`;
}

function bufferLines(buffers: readonly { worker: WorkerView; buffer: WorkerView["buffers"][number] }[]): string[] {
  const rows = buffers.map(({ worker, buffer }) => [
    buffer.integration,
    buffer.environment ?? "",
    buffer.channel,
    String(buffer.waiting),
    String(buffer.inFlight),
    `${worker.host} (${worker.pid})`,
    buffer.reason ?? "",
  ]);
  return tableLines(["INTEGRATION", "ENVIRONMENT", "CHANNEL", "WAITING", "IN FLIGHT", "AT", "WHY"], rows);
}

/** A table whose rows are coloured as a whole: cells are made fit for a terminal, and codes in them would be shown. */
function styledTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  terminal: Terminal,
  styleOf: (index: number) => Style | undefined,
): string[] {
  return tableLines(head, rows).map((line, index) => {
    const style = index === 0 ? "dim" : styleOf(index - 1);
    return style === undefined ? line : terminal.style(style, line);
  });
}

/** Rounded to what an operator needs: of minutes nobody wants the milliseconds. */
export function ageText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  if (minutes < 120) return `${Math.round(minutes)} min`;
  const hours = minutes / 60;
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} d`;
}

function rateText(perMinute: number | undefined): string {
  return perMinute === undefined ? "" : String(Math.round(perMinute * 10) / 10);
}
