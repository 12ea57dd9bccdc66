export type Labels = Readonly<Record<string, string>>;
export type LabelSelector = (labels: Labels) => boolean;

const key = '([A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?)';
const value = '([-A-Za-z0-9_.]*)';
const presence = new RegExp(`^(!?)\\s*${key}$`);
const equality = new RegExp(`^${key}\\s*(==?|!=)\\s*${value}$`);
const membership = new RegExp(`^${key}\\s+(in|notin)\\s*\\(([-A-Za-z0-9_.,\\s]*)\\)$`);

/**
 * Reads a selector as the API takes it in a URL: `a=b`, `a==b`, `a!=b`, `a`, `!a`, `a in (x,y)`, `a notin (x,y)`, joined by
 * commas that mean "and". An empty one takes everything. As in Kubernetes, `!=` and `notin` hold where the label is absent.
 *
 * @returns undefined where the text is no selector.
 */
export function parseLabelSelector(text: string): LabelSelector | undefined {
  if (text.trim() === '') return () => true;
  const requirements = text.split(/,(?![^(]*\))/).map((part) => parseRequirement(part.trim()));
  if (requirements.some((requirement) => requirement === undefined)) return undefined;
  return (labels) => requirements.every((requirement) => requirement?.(labels));
}

function parseRequirement(text: string): LabelSelector | undefined {
  const present = presence.exec(text);
  if (present !== null) {
    const [, negation = '', name = ''] = present;
    return (labels) => Object.hasOwn(labels, name) === (negation === '');
  }
  const equal = equality.exec(text);
  if (equal !== null) {
    const [, name = '', operator = '', wanted = ''] = equal;
    return operator === '!=' ? (labels) => labels[name] !== wanted : (labels) => labels[name] === wanted;
  }
  const member = membership.exec(text);
  if (member === null) return undefined;
  const [, name = '', operator = '', list = ''] = member;
  const wanted = new Set<string | undefined>(list.split(',').map((each) => each.trim()));
  return operator === 'in' ? (labels) => wanted.has(labels[name]) : (labels) => !wanted.has(labels[name]);
}

/** Whether the labels carry each pair of a Service's selector. An empty selector selects nothing. */
export function selects(selector: Labels, labels: Labels): boolean {
  const pairs = Object.entries(selector);
  return pairs.length > 0 && pairs.every(([name, wanted]) => labels[name] === wanted);
}
