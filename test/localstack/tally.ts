/** What became of one scenario. */
export interface Played {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Of a skip. */
  readonly why?: string;
  readonly seconds: number;
}

export function lineOf({ name, outcome, why, seconds }: Played, width = 0): string {
  return `  ${outcome.padEnd(8)}${name.padEnd(width)}  ${why ?? `${seconds.toFixed(0)} s`}`;
}

/** One line for each scenario, skips with their reason, and the count. */
export function tally(played: readonly Played[], notes: readonly string[], title = 'Scenarios on LocalStack'): string {
  const width = Math.max(0, ...played.map(({ name }) => name.length));
  const count = (outcome: Played['outcome']) => played.filter((each) => each.outcome === outcome).length;
  return [
    title,
    ...notes.map((note) => `  ${note}`),
    ...played.map((one) => lineOf(one, width)),
    `  ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`,
  ].join('\n');
}
