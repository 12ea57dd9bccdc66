/** Draws from the distributions that simulated traffic follows. */
export interface Draw {
  uniform(): number;
  normal(): number;
  /** How many of events that come independently, at a mean. */
  poisson(mean: number): number;
  binomial(count: number, share: number): number;
}

export function createDraw(random: () => number): Draw {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const poisson = (mean: number): number => {
    if (mean <= 0) return 0;
    // So far from 0 the normal distribution, rounded, is as good for what is simulated here.
    if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    const end = Math.exp(-mean);
    let count = 0;
    for (let product = random(); product > end; product *= random()) count += 1;
    return count;
  };
  const binomial = (count: number, share: number): number => {
    if (count <= 0 || share <= 0) return 0;
    if (share >= 1) return count;
    if (share > 0.5) return count - binomial(count, 1 - share);
    const mean = count * share;
    if (mean > 60) return clamp(Math.round(mean + Math.sqrt(mean * (1 - share)) * normal()), count);
    if (count > 200 && share < 0.02) return Math.min(count, poisson(mean));
    if (count <= 60) {
      let found = 0;
      for (let each = 0; each < count; each += 1) if (random() < share) found += 1;
      return found;
    }
    // By the gaps between successes, which are geometric.
    const log = Math.log1p(-share);
    let found = 0;
    for (let at = Math.floor(Math.log(1 - random()) / log); at < count; at += 1 + Math.floor(Math.log(1 - random()) / log)) found += 1;
    return found;
  };
  return { uniform: random, normal, poisson, binomial };
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
