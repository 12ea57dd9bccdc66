/**
 * YAML for a person to copy into a manifest: nested mappings, lists and texts, two spaces deep. Keys and texts that are more than a plain word
 * are quoted.
 *
 * @example yamlLines({ spec: { hosts: ['a b'] } }) // 'spec:\n  hosts:\n    - "a b"'
 */
export function yamlLines(value: Readonly<Record<string, unknown>>, indent = ''): string {
  return Object.entries(value)
    .map(([key, field]) => `${indent}${scalar(key)}:${fieldText(field, indent)}`)
    .join('\n');
}

function fieldText(field: unknown, indent: string): string {
  if (Array.isArray(field)) return field.map((item) => `\n${indent}  - ${itemText(item, `${indent}    `)}`).join('');
  return isMapping(field) ? `\n${yamlLines(field, `${indent}  `)}` : ` ${scalar(field)}`;
}

function itemText(item: unknown, indent: string): string {
  return isMapping(item) ? yamlLines(item, indent).trimStart() : scalar(item);
}

function scalar(value: unknown): string {
  const text = String(value);
  const plain = typeof value !== 'string' || (/^[A-Za-z/][\w./=-]*$/.test(text) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text));
  return plain ? text : JSON.stringify(text);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
