import { canTake, outcomesOf } from './choice.ts';
import { outputsOf, type Shape, startsWith } from './fields.ts';
import type { Machine, State } from './machine.ts';

/** Follows the payload from the start along every edge: which shapes can arrive at each state. */
export function shapesAtEachState({ name, definition }: Machine): ReadonlyMap<string, readonly Shape[]> {
  const arrived = new Map<string, Map<string, Shape>>();
  const waiting: [state: string, shape: Shape][] = [[definition.StartAt, startsWith[name]]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [at, shape] = next;
    const state = definition.States[at];
    const key = JSON.stringify(shape);
    const before = arrived.get(at) ?? new Map<string, Shape>();
    if (state === undefined || before.has(key)) continue;
    arrived.set(at, before.set(key, shape));
    waiting.push(...leaving(at, state, shape));
  }
  return new Map([...arrived].map(([at, shapes]) => [at, [...shapes.values()]]));
}

function leaving(name: string, state: State, shape: Shape): [state: string, shape: Shape][] {
  switch (state.Type) {
    case 'Task':
      return [
        ...outputsOf(name).flatMap((output) => onward(state.Next, output)),
        ...(state.Catch ?? []).flatMap(({ Next, ResultPath }) => onward(Next, caught(shape, ResultPath))),
      ];
    case 'Choice':
      return choose(state, shape);
    case 'Pass':
      return onward(state.Next, state.Parameters === undefined ? shape : { fields: named(state.Parameters) });
    default:
      return onward(state.Next, shape);
  }
}

function onward(next: string | undefined, shape: Shape): [state: string, shape: Shape][] {
  return next === undefined ? [] : [[next, shape]];
}

/** A Catch lays an object with Error and Cause over one field of the state's input, or over all of it. */
function caught(shape: Shape, resultPath: string | undefined): Shape {
  const field = /^\$\.(\w+)$/.exec(resultPath ?? '')?.[1];
  return field === undefined
    ? { fields: { Error: 'string', Cause: 'string' } }
    : { ...shape, fields: { ...shape.fields, [field]: 'object' } };
}

function choose({ Choices = [], Default }: State, shape: Shape): [state: string, shape: Shape][] {
  const rules = Choices.map((rule) => ({ next: rule.Next, outcomes: outcomesOf(rule) }));
  const taken = rules.filter(({ outcomes }) => canTake(shape, outcomes));
  const certain = shape.outcome !== undefined && taken.some(({ outcomes }) => outcomes !== undefined);
  return [...taken.flatMap(({ next }) => onward(next, shape)), ...(certain ? [] : onward(Default, shape))];
}

function named(parameters: Readonly<Record<string, unknown>>): Shape['fields'] {
  return Object.fromEntries(Object.keys(parameters).map((key) => [key.replace(/\.\$$/, ''), 'anything' as const]));
}
