import { errorCode } from "../lib/error-code.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { SourceConfiguration } from "../ports/event-source.ts";
import type { SourcesObserver } from "../sources/sources.ts";
import type { Foundation } from "./foundation.ts";
import type { ReadSeat, Reads } from "./reads.ts";

/** What sources tell, as metrics and log lines. */
export function sourcesObserver(
  { log, environments }: Pick<Foundation, "log" | "environments">,
  metrics: Pick<Metrics, "sources">,
  reads: Reads,
): SourcesObserver {
  const seats = new Map<string, ReadSeat>();
  const seatOf = ({ environmentId, key }: SourceConfiguration): ReadSeat => {
    const name = `${environmentId} ${key}`;
    const seat = seats.get(name) ?? reads.seat({ kind: "source", environmentId, key });
    seats.set(name, seat);
    return seat;
  };
  const leave = (source: SourceConfiguration): void => {
    seatOf(source).leave();
    seats.delete(`${source.environmentId} ${source.key}`);
  };
  const environmentOf = ({ environmentId }: SourceConfiguration): string =>
    environments.find(({ id }) => id === environmentId)?.key ?? String(environmentId);
  const cells = (source: SourceConfiguration) => metrics.sources.of(environmentOf(source), source.key);
  const fields = (source: SourceConfiguration) => {
    const { key, version } = source;
    return { kind: "source", key, version, environment: environmentOf(source) };
  };
  return {
    onSettled(source, { records, made, passed }) {
      const { records: taken, made: events, passed: others } = cells(source);
      taken.inc(records);
      events.inc(made);
      others.inc(passed);
    },
    onRefused(source, { id, reason }) {
      cells(source).refused.inc();
      log.warn("a record of a source could not be taken in", { ...fields(source), deadLetterId: id, reason });
    },
    onWaiting(source, why) {
      cells(source).waits.inc();
      if (why === "overloaded") log.info("a source waits: nothing can be made durable now", fields(source));
      else log.error("a source goes on slowly: all that it gives is refused", fields(source));
    },
    onFault(source, error) {
      cells(source).faults.inc();
      log.debug("a source met a fault", { ...fields(source), error });
    },
    onReading(source, isRead) {
      metrics.sources.readable(environmentOf(source), source.key, isRead ? true : undefined);
      if (isRead) seatOf(source).tell(undefined);
      else leave(source);
      log.info(isRead ? "a source is read" : "a source is no longer read", fields(source));
    },
    onUnreadable(source, error) {
      metrics.sources.readable(environmentOf(source), source.key, false);
      seatOf(source).tell(errorCode(error));
      log.error("a source cannot be read", { ...fields(source), error });
    },
    onReadable(source) {
      metrics.sources.readable(environmentOf(source), source.key, true);
      seatOf(source).tell(undefined);
      log.info("a source can be read again", fields(source));
    },
    onLag(source, records) {
      metrics.sources.lag(environmentOf(source), source.key, records);
    },
  };
}
