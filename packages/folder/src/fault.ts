/** A place in a file of the folder. Lines and columns count from 1; a fault of a whole file stands at 1:1. */
export interface Place {
  /** From the folder's root, with slashes. */
  file: string;
  line: number;
  column: number;
}

/** What is wrong with a folder, and where. */
export interface FolderFault extends Place {
  /** The value that is meant, as in `steps[0].channel`; empty for a whole file. */
  path: string;
  message: string;
  /** What may have been meant, or what to do. */
  hint?: string;
}

export const startOf = (file: string): Place => ({ file, line: 1, column: 1 });

export const fileFault = (file: string, message: string, hint?: string): FolderFault => ({
  ...startOf(file),
  path: "",
  message,
  ...(hint === undefined ? {} : { hint }),
});

/** One fault as it is shown: `workflows/a.yaml:12:14: steps[0].channel must be …`. Editors and terminals link the front of it. */
export function faultText({ file, line, column, path, message, hint }: FolderFault): string {
  const text = path === "" ? message : `${path} ${message}`;
  return `${file}:${line}:${column}: ${text}${hint === undefined ? "" : `; ${hint}`}`;
}
