/** A record of a source that could not be taken in. */
export interface SourceLetter {
  /** Of its own; where the record has a letter already, that keeps its id and its time. */
  id: string;
  environmentId: number;
  /** Key of the source. */
  source: string;
  /** Where it stood, for people. */
  place: string;
  /** What tells it from the source's other records. */
  identity: string;
  reason: string;
  detail: string;
  /** ms. */
  at: number;
  /** Sealed JSON of the record; null where it is not kept. */
  sealed: string | null;
}

export interface SourceLetterQuery {
  environmentId: number;
  /** Ids, or undefined for all that fit the filter. */
  ids: readonly string[] | undefined;
  reason: string | undefined;
  limit: number;
}

/** Dead letters of sources, which are mapped anew outside the store. */
export interface SourceLetterStore {
  /** Writes them; those that a record has already are written over. */
  writeSourceLetters(input: { letters: readonly SourceLetter[] }): Promise<void>;
  /** Ids of those that are there, oldest first where a filter is given. */
  findSourceLetters(input: SourceLetterQuery): Promise<string[]>;
  /** One at a time: a record may be long. */
  loadSourceLetter(input: { environmentId: number; id: string }): Promise<SourceLetter | undefined>;
  deleteSourceLetters(input: { environmentId: number; ids: readonly string[] }): Promise<void>;
}
