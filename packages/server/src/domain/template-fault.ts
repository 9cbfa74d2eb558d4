/** Why a template could not be compiled or rendered; the message holds nothing of the data. */
export class TemplateFault extends Error {
  /** The field's path in its document, such as `email.html` or `locales.de.email.html`. */
  readonly field: string;
  /** Line of the source, from 1, where it is known. */
  readonly line: number | undefined;
  /** The layout or partial that the field is of, such as `partial button`; undefined where it is of the template. */
  readonly document: string | undefined;

  /** The variable that is missing, where that is the fault. */
  readonly variable: string | undefined;

  constructor(field: string, line: number | undefined, message: string, document?: string, variable?: string) {
    super(message);
    this.name = "TemplateFault";
    this.field = field;
    this.line = line;
    this.document = document;
    this.variable = variable;
  }

  /** As people read it: `partial button html line 2: is nested too deep`. */
  get detail(): string {
    const place = this.document === undefined ? this.field : `${this.document} ${this.field}`;
    return `${place}${this.line === undefined ? "" : ` line ${this.line}`}: ${this.message}`;
  }
}
