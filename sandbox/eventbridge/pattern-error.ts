import { InvalidInputError } from '../../core/errors.ts';

/** What a bad event pattern is refused with: where it is wrong, and what EventBridge takes there. */
export function badPattern(path: readonly string[], problem: string): InvalidInputError {
  const where = path.length === 0 ? 'The event pattern' : `The event pattern at ${path.join('.')}`;
  return new InvalidInputError(`${where} ${problem}.`, {
    remedy:
      'Write it as in https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html and create the rule again.',
  });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
