/**
 * Each bench on a machine has a number, from which its addresses follow, so that several run side by side with the same ports.
 *
 * Pods and gateways have addresses of 198.18.0.0/15, which RFC 2544 keeps for benchmarks: no network uses them, and Kubernetes takes them
 * for endpoints, as it does not those of the loopback. The parts of the control plane are on addresses of the loopback itself.
 */
export const rangeCount = 16;

/** What the machine is told to answer for. Bench 3 has `198.18.48.0/20`. */
export function cidrOfRange(range: number): string {
  return `198.18.${range * 16}.0/20`;
}

/**
 * @param host From 1 to 4094.
 * @example hostOfRange(3, 258) is '198.18.49.2'.
 */
export function hostOfRange(range: number, host: number): string {
  return `198.18.${range * 16 + (host >> 8)}.${host & 255}`;
}

/** Of the control plane. Linux answers for all of 127.0.0.0/8. */
export function loopbackOfRange(range: number): string {
  return `127.18.${range}.1`;
}
