/** @example showShare(0.01314) // '1.31 %' */
export function showShare(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** @example showCount(12345.6) // '12,346' */
export function showCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** @example showEvidence(0.034) // '0.034', and showEvidence(1e9) // 'over 1,000,000' */
export function showEvidence(evidence: number): string {
  if (evidence > 1_000_000) return 'over 1,000,000';
  return evidence >= 10 ? showCount(evidence) : String(Number(evidence.toPrecision(2)));
}
