const heights = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * A bar of so many cells, in its filled and its empty part, to the nearest cell. The blocks leave a gap to the line above, so that two
 * bars one below the other stay two.
 *
 * @example bar(0.5, 4) // ['▇▇', '▁▁']
 */
export function bar(share: number, cells: number): readonly [filled: string, empty: string] {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * cells);
  return ['▇'.repeat(filled), '▁'.repeat(cells - filled)];
}

/**
 * Shares over time as a chart of two rows, two cells to each; what was not measured is a gap. A share of 0 keeps a line at the
 * foot, so that nothing and not measured differ.
 *
 * @example chart([0, 0.5, 1, null]) // ['    ██  ', '▁▁████  ']
 */
export function chart(shares: readonly (number | null)[]): readonly [upper: string, lower: string] {
  const row = (foot: number) =>
    shares
      .map((share) => {
        if (share === null) return '  ';
        const total = Math.max(1, Math.round(share * 16));
        return (heights[Math.min(8, Math.max(0, total - foot))] ?? ' ').repeat(2);
      })
      .join('');
  return [row(8), row(0)];
}
