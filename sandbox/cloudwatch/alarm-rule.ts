import { InvalidInputError } from '../../core/errors.ts';

export type AlarmStateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** The rule of a composite alarm, ready to be asked. */
export interface AlarmRule {
  /** The alarms that it looks at, each once. */
  readonly children: readonly string[];
  holds(stateOf: (alarmName: string) => AlarmStateValue | undefined): boolean;
}

type Node = AlarmRule['holds'];

const stateFunctions = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];

/**
 * Compiles a composite alarm's rule: `ALARM("a")`, `OK(b)`, `INSUFFICIENT_DATA("c d")`, TRUE, FALSE, NOT, AND, OR and
 * parentheses. NOT binds closest, then AND, then OR.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 * @throws InvalidInputError where the rule cannot be read.
 */
export function compileAlarmRule(text: string): AlarmRule {
  const tokens = text.match(/"[^"]*"|[()]|[^\s()"]+/g) ?? [];
  const children = new Set<string>();
  let next = 0;

  const refuse = (): never => {
    throw new InvalidInputError(`The alarm rule ${JSON.stringify(text)} cannot be read at ${JSON.stringify(tokens[next] ?? 'its end')}.`, {
      remedy: 'Write it like ALARM("errors") AND NOT ALARM("maintenance").',
    });
  };
  const take = (wanted: string): void => {
    if (tokens[next] !== wanted) refuse();
    next += 1;
  };
  const operand = (): Node => {
    const token = tokens[next] ?? refuse();
    next += 1;
    if (token === 'TRUE' || token === 'FALSE') return () => token === 'TRUE';
    if (token === 'NOT') {
      const inner = operand();
      return (stateOf) => !inner(stateOf);
    }
    if (token === '(') {
      const inner = either();
      take(')');
      return inner;
    }
    if (!stateFunctions.includes(token)) next -= 1;
    return stateFunctions.includes(token) ? stateTest(token) : refuse();
  };
  const stateTest = (wanted: string): Node => {
    take('(');
    const name = (tokens[next] ?? refuse()).replaceAll('"', '');
    if (['', '(', ')'].includes(name)) refuse();
    next += 1;
    take(')');
    children.add(name);
    return (stateOf) => stateOf(name) === wanted;
  };
  const both = (): Node => chain(operand, 'AND', (left, right) => (stateOf) => left(stateOf) && right(stateOf));
  const either = (): Node => chain(both, 'OR', (left, right) => (stateOf) => left(stateOf) || right(stateOf));
  const chain = (part: () => Node, word: string, join: (left: Node, right: Node) => Node): Node => {
    let left = part();
    while (tokens[next] === word) {
      next += 1;
      left = join(left, part());
    }
    return left;
  };

  const holds = either();
  if (next < tokens.length) refuse();
  return { children: [...children], holds };
}
