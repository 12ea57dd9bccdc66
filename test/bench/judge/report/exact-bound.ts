/**
 * The exact upper bound of 95 % for how often something happens that happened so many times of so many (Clopper, Pearson, The use of confidence or
 * fiducial limits illustrated in the case of the binomial, 1934).
 *
 * @example upperBound(0, 1000) // 0.003
 */
export function upperBound(times: number, of: number): number {
  if (times >= of) return 1;
  let [low, high] = [times / of, 1];
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2;
    if (atMost(times, of, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** How likely it is that something of that probability happens at most so many times. */
function atMost(times: number, of: number, probability: number): number {
  let log = of * Math.log1p(-probability);
  let sum = Math.exp(log);
  for (let count = 1; count <= times; count += 1) {
    log += Math.log((of - count + 1) / count) + Math.log(probability / (1 - probability));
    sum += Math.exp(log);
  }
  return sum;
}
