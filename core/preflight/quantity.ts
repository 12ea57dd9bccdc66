const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * A quantity of Kubernetes as a number: of cores, bytes or things. Undefined for what is none.
 *
 * @example parseQuantity('250m') // 0.25
 * @example parseQuantity('1.5Gi') // 1610612736
 * @example parseQuantity('2e3') // 2000
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: string | number): number | undefined {
  const [, digits, suffix = ''] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([numkMGTPE]?|[KMGTPE]i)$/.exec(String(text).trim()) ?? [];
  const factor = factors[suffix];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/**
 * The other way round, for people: cores in thousandths where they are not whole, bytes in the largest binary unit that leaves at most one decimal.
 *
 * @example formatQuantity('requests.memory', 1610612736) // '1.5Gi'
 * @example formatQuantity('requests.cpu', 0.25) // '250m'
 */
export function formatQuantity(resource: string, value: number): string {
  if (resource.endsWith('cpu')) return Number.isInteger(value) ? String(value) : `${Math.round(value * 1000)}m`;
  if (!resource.endsWith('memory')) return String(value);
  const unit = (['Ti', 'Gi', 'Mi', 'Ki'] as const).find((each) => value >= (factors[each] ?? 1));
  return unit === undefined ? String(value) : `${Math.round((value / (factors[unit] ?? 1)) * 10) / 10}${unit}`;
}
