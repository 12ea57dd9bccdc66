/** What a rule changes of a message's headers: first some go, then some are set, and some are added to what is there. */
export interface HeaderEdit {
  readonly remove: readonly string[];
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly add: readonly (readonly [name: string, value: string])[];
}

export interface HeaderEdits {
  readonly request: HeaderEdit;
  readonly response: HeaderEdit;
}

const noEdit: HeaderEdit = { remove: [], set: [], add: [] };
export const noEdits: HeaderEdits = { request: noEdit, response: noEdit };

/** @param rawHeaders names and values in turn, as node:http reads and takes them. */
export function editHeaders(rawHeaders: readonly string[], edits: readonly HeaderEdit[]): string[] {
  return edits.reduce<string[]>(
    (headers, { remove, set, add }) => {
      const gone = new Set([...remove, ...set.map(([name]) => name)].map((name) => name.toLowerCase()));
      const kept: string[] = [];
      for (let index = 0; index + 1 < headers.length; index += 2) {
        const name = headers[index] ?? '';
        if (!gone.has(name.toLowerCase())) kept.push(name, headers[index + 1] ?? '');
      }
      return [...kept, ...[...set, ...add].flat()];
    },
    [...rawHeaders],
  );
}
