import { formatLabels, type Labels, labelsKey, labelsOf, metricName, onlyLabels, withoutLabels } from '../labels.ts';
import type { Matching } from './expression.ts';
import { QueryError } from './query-error.ts';
import type { Sample } from './value.ts';

/** The labels by which the two sides of an operator find each other. */
export function matchLabels(matching: Matching, labels: Labels): Labels {
  return matching.on ? onlyLabels(labels, matching.labels) : withoutLabels(labels, [...matching.labels, metricName]);
}

export interface Pair {
  readonly left: Sample;
  readonly right: Sample;
  /** The labels of what becomes of the two. */
  readonly labels: Labels;
}

/**
 * Pairs the samples of two vectors, one to one, or with group_left and group_right many to one and one to many.
 *
 * @param dropsName Whether what becomes of a pair has no name: it has one only where a comparison filters.
 * @throws QueryError (execution) where a sample finds several.
 */
export function pairUp(matching: Matching, left: readonly Sample[], right: readonly Sample[], dropsName: boolean): Pair[] {
  if (left.length === 0 || right.length === 0) return [];
  const isSwapped = matching.group === 'right';
  const [many, one] = isSwapped ? [right, left] : [left, right];
  const oneByKey = indexOneSide(matching, one, isSwapped ? 'left' : 'right');
  const used = new Set<string>();
  return many.flatMap((sample) => {
    const key = labelsKey(matchLabels(matching, sample.labels));
    const partner = oneByKey.get(key);
    if (partner === undefined) return [];
    const labels = pairLabels(matching, sample.labels, partner.labels, dropsName);
    claim(matching, used, key, labels);
    return [{ left: isSwapped ? partner : sample, right: isSwapped ? sample : partner, labels }];
  });
}

function indexOneSide(matching: Matching, one: readonly Sample[], side: 'left' | 'right'): Map<string, Sample> {
  const byKey = new Map<string, Sample>();
  for (const sample of one) {
    const matched = matchLabels(matching, sample.labels);
    const key = labelsKey(matched);
    const other = byKey.get(key);
    if (other !== undefined) {
      const both = [formatLabels(other.labels), formatLabels(sample.labels)].sort().join(', ');
      throw new QueryError(
        'execution',
        `found duplicate series for the match group ${formatLabels(matched)} on the ${side} hand-side of the operation: [${both}]` +
          ';many-to-many matching not allowed: matching labels must be unique on one side',
      );
    }
    byKey.set(key, sample);
  }
  return byKey;
}

/** A partner is taken once; with group_left and group_right as often as the results differ. */
function claim(matching: Matching, used: Set<string>, key: string, labels: Labels): void {
  const slot = matching.group === undefined ? key : `${key}\u0002${labelsKey(labels)}`;
  if (used.has(slot)) {
    const hint =
      matching.group === undefined
        ? 'many-to-one matching must be explicit (group_left/group_right)'
        : 'grouping labels must ensure unique matches';
    throw new QueryError('execution', `multiple matches for labels: ${hint}`);
  }
  used.add(slot);
}

function pairLabels(matching: Matching, many: Labels, one: Labels, dropsName: boolean): Labels {
  const named = dropsName ? withoutLabels(many, [metricName]) : many;
  if (matching.group === undefined) {
    return matching.on ? onlyLabels(named, matching.labels) : withoutLabels(named, matching.labels);
  }
  return labelsOf({ ...named, ...Object.fromEntries(matching.include.map((label) => [label, one[label] ?? ''])) });
}
