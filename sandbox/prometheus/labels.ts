/** The labels of a series; its name is the label `__name__`. A label with an empty value is the same as none, and left out. */
export type Labels = Readonly<Record<string, string>>;

export const metricName = '__name__';

/** Drops empty values, as Prometheus does. */
export function labelsOf(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}

/** Equal for equal labels, whatever their order. */
export function labelsKey(labels: Labels): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}\u0000${labels[name]}`)
    .join('\u0001');
}

export function onlyLabels(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)));
}

export function withoutLabels(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));
}

export function withoutName(labels: Labels): Labels {
  return withoutLabels(labels, [metricName]);
}

/** As Prometheus writes labels in its messages: `{__name__="up", job="shop"}`. */
export function formatLabels(labels: Labels): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((name) => `${name}=${JSON.stringify(labels[name])}`);
  return `{${pairs.join(', ')}}`;
}
