import type { Finding } from './finding.ts';

/** @example countFindings([warning, warning], 'warning') // '2 warnings' */
export function countFindings(findings: readonly Finding[], severity: 'refusal' | 'warning'): string {
  const count = findings.filter((each) => each.severity === severity).length;
  return `${count} ${severity}${count === 1 ? '' : 's'}`;
}

/** A finding as one line without its remedy. A message that begins with its subject does not say it twice. */
export function findingLine({ subject, message }: Finding): string {
  return message.startsWith(subject) ? message : `${subject}: ${message}`;
}
