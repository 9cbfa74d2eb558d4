const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is an id as lib/ids makes them: a column of ids takes no other, and nothing is found under one. */
export function isId(text: string): boolean {
  return form.test(text);
}
