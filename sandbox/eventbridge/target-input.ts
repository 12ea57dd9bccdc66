import { InvalidInputError } from '../../core/errors.ts';
import { type BusEvent, eventTime, partitionOf } from './bus-event.ts';

/** Builds a target's payload out of parts of the event, as EventBridge's input transformer does. */
export interface InputTransformer {
  /** A name for each part: `{ alarm: '$.detail.alarmName' }`. */
  readonly inputPathsMap: Readonly<Record<string, string>>;
  /** JSON in which `<name>` stands for the part: `{"alarm": <alarm>, "text": "fired: <alarm>"}`. */
  readonly inputTemplate: string;
}

/** What a target gets instead of the whole event: at most one of the three. */
export interface TargetInput {
  /** The same payload for each event. */
  readonly input?: unknown;
  /** One part of the event: `$.detail`. */
  readonly inputPath?: string;
  readonly inputTransformer?: InputTransformer;
}

const placeholder = /<([A-Za-z0-9_.-]+)>/g;

/**
 * Makes the function that turns an event into a target's payload.
 *
 * A part that the event does not have becomes null, or nothing within quotes.
 *
 * @throws InvalidInputError where more than one form is given, a path is no path, or the template names an unknown part.
 */
export function compileTargetInput(target: TargetInput, ruleName: string): (event: BusEvent) => unknown {
  const { input, inputPath, inputTransformer } = target;
  if ([input, inputPath, inputTransformer].filter((form) => form !== undefined).length > 1) {
    throw new InvalidInputError('A target has more than one of input, inputPath and inputTransformer.', { remedy: 'Keep one of them.' });
  }
  if (inputTransformer !== undefined) return compileTransformer(inputTransformer, ruleName);
  if (inputPath !== undefined) return compilePath(inputPath);
  return input === undefined ? (event) => event : () => input;
}

/** `$`, `$.detail.state`, `$.resources[0]`, `$.detail['image-tag']`. */
function compilePath(path: string): (event: BusEvent) => unknown {
  if (!/^\$(\.[\w-]+|\['[^']+'\]|\[\d+\])*$/.test(path)) {
    throw new InvalidInputError(`${JSON.stringify(path)} is not a path that EventBridge takes.`, {
      remedy: 'Write it like $.detail.alarmName or $.resources[0].',
    });
  }
  const steps = [...path.matchAll(/\.([\w-]+)|\['([^']+)'\]|\[(\d+)\]/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return (event) => steps.reduce<unknown>(childOf, event);
}

function childOf(node: unknown, name: string): unknown {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, name)) return undefined;
  return Reflect.get(node, name);
}

function compileTransformer({ inputPathsMap, inputTemplate }: InputTransformer, ruleName: string): (event: BusEvent) => unknown {
  const parts = new Map<string, (event: BusEvent) => unknown>([
    ['aws.events.rule-name', () => ruleName],
    ['aws.events.rule-arn', (event) => `arn:${partitionOf(event.region)}:events:${event.region}:${event.account}:rule/${ruleName}`],
    ['aws.events.event.ingestion-time', (event) => eventTime(Date.parse(event.time))],
    ['aws.events.event.json', (event) => event],
    ['aws.events.event', ({ detail: _, ...event }) => event],
    ...Object.entries(inputPathsMap).map(([name, path]) => [name, compilePath(path)] as const),
  ]);
  for (const [, name = ''] of inputTemplate.matchAll(placeholder)) {
    if (!parts.has(name)) {
      throw new InvalidInputError(`The input template uses <${name}>, which its inputPathsMap does not define.`, {
        remedy: `Define ${name}, or take it out of the template.`,
      });
    }
  }
  return (event) => JSON.parse(fill(inputTemplate, (name) => parts.get(name)?.(event)));
}

/** Within quotes a part is written as text, outside of them as JSON. */
function fill(template: string, lookUp: (name: string) => unknown): string {
  const pieces = template.match(/"(?:\\.|[^"\\])*"|[^"]+|"/g) ?? [];
  return pieces
    .map((piece) =>
      piece.replace(placeholder, (_, name: string) => {
        const value = lookUp(name);
        if (!piece.startsWith('"')) return JSON.stringify(value ?? null);
        const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
        return JSON.stringify(text).slice(1, -1);
      }),
    )
    .join('');
}
