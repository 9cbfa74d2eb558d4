/** Why a template could not be compiled or rendered; the message holds nothing of the data. */
export class TemplateFault extends Error {
  /** The template's field, such as `html`. */
  readonly field: string;
  /** Line of the source, from 1, where it is known. */
  readonly line: number | undefined;

  constructor(field: string, line: number | undefined, message: string) {
    super(message);
    this.name = "TemplateFault";
    this.field = field;
    this.line = line;
  }
}
