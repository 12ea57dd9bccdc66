import { type AlertTold, describe } from './alert.ts';

interface Block {
  readonly status: 'firing' | 'resolved';
  readonly labels: Map<string, string>;
  readonly annotations: Map<string, string>;
}

const pair = /^ - ([A-Za-z_][A-Za-z0-9_]*) = (.*)$/;
/** Alertmanager's default subject: `[FIRING:2] checkout (…)`, or `[RESOLVED] …`. */
const subjectCount = /^\[(?:FIRING:(\d+)|RESOLVED)\]/;

/**
 * Reads the text that Alertmanager sends to SNS where no template is set. It has no quotes and no times, and a value may hold any line, so
 * that a summary could read as another alert: what is not exactly as the default template writes it, or does not have as many alerts as
 * the subject counts, is not taken at all. Answers the alerts, or why the text is not certain.
 *
 * Source: https://github.com/prometheus/alertmanager/blob/main/template/default.tmpl, `sns.default.message`
 * @example
 * readAlertText('Alerts Firing:\nLabels:\n - alertname = Errors\nAnnotations:\nSource: http://…\n', '[FIRING:1] Errors')
 *   // [{ name: 'Errors', state: 'alarm', sinceMs: undefined, … }]
 */
export function readAlertText(text: string, subject: string | undefined): AlertTold[] | string {
  const blocks = readBlocks(text);
  if (typeof blocks === 'string') return blocks;
  const count = subjectCount.exec(subject ?? '');
  const firing = blocks.filter(({ status }) => status === 'firing').length;
  if (firing > 0 && count === null) return 'Its subject is not the default one, which counts the alerts.';
  if (count !== null && firing !== Number(count[1] ?? 0)) return `Its subject counts ${count[1] ?? 0} firing, its text has ${firing}.`;
  return blocks.map(toAlert);
}

type Place = 'between' | 'labels' | 'annotations';

function readBlocks(text: string): Block[] | string {
  const blocks: Block[] = [];
  let status: Block['status'] | undefined;
  let place: Place = 'between';
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const unexpected = `Line ${index + 1} is not as the default template writes it.`;
    const block = blocks.at(-1);
    if (place === 'between') {
      if (line === '') continue;
      if (line === 'Alerts Firing:' && status === undefined) status = 'firing';
      else if (line === 'Alerts Resolved:' && status !== 'resolved') status = 'resolved';
      else if (line === 'Labels:' && status !== undefined) {
        blocks.push({ status, labels: new Map(), annotations: new Map() });
        place = 'labels';
      } else return unexpected;
    } else if (place === 'labels') {
      if (line === 'Annotations:' && block?.labels.has('alertname')) place = 'annotations';
      else if (block === undefined || !addLabel(block.labels, line)) return unexpected;
    } else if (line.startsWith('Source: ')) place = 'between';
    else {
      // A value may go on for many lines; those are not needed.
      const [, name, value] = pair.exec(line) ?? [];
      if (name !== undefined && value !== undefined) block?.annotations.set(name, value);
    }
  }
  if (blocks.length === 0) return 'It has no alert.';
  return place === 'between' ? blocks : 'It ends in the middle of an alert.';
}

/** False for a line that is no label, or not where the template's order, alertname first and the rest sorted, has it. */
function addLabel(labels: Map<string, string>, line: string): boolean {
  const [, name, value] = pair.exec(line) ?? [];
  if (name === undefined || value === undefined) return false;
  const last = [...labels.keys()].at(-1);
  const inOrder = last === undefined ? name === 'alertname' : name !== 'alertname' && (last === 'alertname' || last < name);
  labels.set(name, value);
  return inOrder;
}

function toAlert({ status, labels, annotations }: Block): AlertTold {
  const { alertname: name = '', ...others } = Object.fromEntries(labels);
  return {
    name,
    fingerprint: [...labels].map(([label, value]) => `${label}=${value}`).join(','),
    state: status === 'firing' ? 'alarm' : 'ok',
    reason: describe(status, others, annotations.get('summary') ?? annotations.get('description')),
    sinceMs: undefined,
  };
}
