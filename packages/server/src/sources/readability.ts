import type { EventSourceParts, SourceConfiguration } from "../ports/event-source.ts";

interface Told {
  onFault(source: SourceConfiguration, error: unknown): void;
  onUnreadable(source: SourceConfiguration, error: unknown): void;
  onReadable(source: SourceConfiguration): void;
}

/** What a reader says again and again, told where it changes: that a source cannot be read, and that it can be read again. */
export function readability(source: SourceConfiguration, observer: Told): Pick<EventSourceParts, "onFault" | "onWell"> {
  let isWell: boolean | undefined;
  return {
    onFault: (error) => {
      observer.onFault(source, error);
      if (isWell !== false) observer.onUnreadable(source, error);
      isWell = false;
    },
    onWell: () => {
      if (isWell === false) observer.onReadable(source);
      isWell = true;
    },
  };
}
