import type { Finding } from '../../core/preflight/finding.ts';
import { countFindings } from '../../core/preflight/format-findings.ts';
import type { Paint } from './colour.ts';
import { findingsByGravity } from './format-inspection.ts';

interface Inspected {
  readonly files: readonly string[];
  readonly objects: number;
  readonly findings: readonly (Finding & { readonly file: string; readonly line: number })[];
}

/** What was found in manifests, object by object, each finding with its remedy below it. */
export function formatManifests({ files, objects, findings }: Inspected, paint: Paint): string {
  const summary = `Manifests: ${count(objects, 'object')} in ${count(files.length, 'file')}, ${countFindings(findings, 'warning')}.`;
  const places = new Map<string, Finding[]>();
  for (const finding of findings) {
    const place = `${finding.file}:${finding.line}`;
    places.set(place, [...(places.get(place) ?? []), finding]);
  }
  const sections = [...places].map(([place, found]) => [paint('bold', place), ...findingsByGravity(found, paint)].join('\n'));
  return [summary, ...sections].join('\n\n');
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
