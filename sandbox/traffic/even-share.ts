/**
 * Says which of a row of requests belong to a share, spread evenly and the same on every run: after n of them the share was
 * met to within one.
 *
 * @example
 * const isError = evenShare(0.05); // the 10th, 30th, 50th, ... call answers true: 5 of every 100
 *
 * @param share from 0 to 1; what lies outside is taken as 0 or 1.
 * @param phase from 0 to below 1: where in its period the row begins, so that two rows with the same share do not always meet.
 */
export function evenShare(share: number, phase = 0.5): () => boolean {
  // Keeps 20 × 0.05 at 1 where floating point would make it a hair less.
  const roundingSlack = 1e-9;
  const bounded = Math.min(1, Math.max(0, share));
  let count = 0;
  let hitsBefore = 0;
  return () => {
    count += 1;
    const hits = Math.floor(count * bounded + phase + roundingSlack);
    const isHit = hits > hitsBefore;
    hitsBefore = hits;
    return isHit;
  };
}
