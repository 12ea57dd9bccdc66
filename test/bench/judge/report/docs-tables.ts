import type { Section } from './table.ts';

const tables = /(<!-- bench:judge ([\w-]+) -->\n)[\s\S]*?(<!-- end of the table -->)/g;

/** The text with each table between its marks as it was measured; those of parts that were not measured stay as they are. */
export function withTables(text: string, sections: readonly Section[]): string {
  return text.replaceAll(tables, (whole, begin: string, name: string, end: string) => {
    const section = sections.find((each) => each.name === name);
    return section === undefined ? whole : `${begin}${section.body}\n${end}`;
  });
}

/** The names of the tables that a text has marks for. */
export function tablesIn(text: string): string[] {
  return [...text.matchAll(tables)].map(([, , name]) => name ?? '');
}
