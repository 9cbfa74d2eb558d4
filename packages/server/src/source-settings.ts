import { z } from "zod";
import { flag, whole } from "./setting-kinds.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Settings of sources of events besides HTTP, a part of the table in `config.ts`. */
// biome-ignore format: one setting per line is what lets this be read as a table
export const sourceSettings = z.object({
  sourcesMax: whole("TIDINGS_SOURCES_MAX", "sources", 100, [0, 10_000], "Sources that this process reads, of all environments"),
  allowPrivateNetwork: flag("TIDINGS_SOURCE_PRIVATE_NETWORK", false, "Whether brokers and queues of sources may have private and loopback addresses, where TIDINGS_ALLOW_PRIVATE_NETWORK does not allow that for all"),
  recordBytesMax: whole("TIDINGS_SOURCE_RECORD_BYTES_MAX", "bytes", MIB, [KIB, 64 * MIB], "Size of a record; a larger one is a dead letter"),
  itemsPerCall: whole("TIDINGS_SOURCE_EVENTS_PER_CALL", "events", 250, [1, 1000], "Events of a source that are made durable together"),
  waitMaxMs: whole("TIDINGS_SOURCE_WAIT_MAX_MS", "ms", 5000, [10, 600_000], "Longest time between two tries while the server is overloaded"),
  refusedInRowMax: whole("TIDINGS_SOURCE_REFUSED_IN_ROW_MAX", "records", 1000, [1, 1_000_000], "Records refused in a row, from which on a source takes one call's worth of them at a time and pauses"),
  refusedPauseMs: whole("TIDINGS_SOURCE_REFUSED_PAUSE_MS", "ms", 30_000, [10, 3_600_000], "That pause"),
  lagIntervalMs: whole("TIDINGS_SOURCE_LAG_INTERVAL_MS", "ms", 10_000, [100, 3_600_000], "How often it is asked how many records wait"),
  connectTimeoutMs: whole("TIDINGS_SOURCE_CONNECT_TIMEOUT_MS", "ms", 5000, [100, 60_000], "Time to connect to a broker or a queue"),
  requestTimeoutMs: whole("TIDINGS_SOURCE_REQUEST_TIMEOUT_MS", "ms", 10_000, [1000, 120_000], "Time of one request to it, beside what it is asked to wait"),
  sessionTimeoutMs: whole("TIDINGS_SOURCE_SESSION_TIMEOUT_MS", "ms", 10_000, [6000, 300_000], "A process that a Kafka was not told of for so long loses its partitions of sources to others"),
  fetchBytes: whole("TIDINGS_SOURCE_FETCH_BYTES", "bytes", 256 * KIB, [KIB, 16 * MIB], "Bytes of one partition fetched at once"),
});
