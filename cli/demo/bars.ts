const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;
const heights = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * A bar of so many cells, in its filled and its empty part: to the nearest eighth of a cell.
 *
 * @example bar(0.5, 4)   // ['██', '░░']
 * @example bar(0.1, 10)  // ['█', '░░░░░░░░░']
 */
export function bar(share: number, cells: number): readonly [filled: string, empty: string] {
  const total = Math.round(Math.min(1, Math.max(0, share)) * cells * 8);
  const filled = '█'.repeat(Math.floor(total / 8)) + (eighths[total % 8] ?? '');
  return [filled, '░'.repeat(cells - filled.length)];
}

/**
 * Shares over time as a chart of two rows, the newest at the right; what was not measured is a gap. A share of 0 keeps a line at the
 * foot, so that nothing and not measured differ.
 *
 * @example chart([0, 0.5, 1, null], 4) // ['  █ ', '▁██ ']
 */
export function chart(shares: readonly (number | null)[], cells: number): readonly [upper: string, lower: string] {
  const shown = shares.slice(-cells);
  const row = (foot: number) =>
    shown
      .map((share) => {
        if (share === null) return ' ';
        const total = Math.max(1, Math.round(share * 16));
        return heights[Math.min(8, Math.max(0, total - foot))] ?? ' ';
      })
      .join('');
  return [row(8), row(0)];
}
