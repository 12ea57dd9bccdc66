import { type Read, readsOf } from './choice.ts';
import { payload, type Shape } from './fields.ts';
import { shapesAtEachState } from './flow.ts';
import type { Machine, Problem, State } from './machine.ts';

/** The context object's fields that both AWS and the sandbox's interpreter fill. */
const contextPaths = ['$$.Execution.Id', '$$.Execution.Name', '$$.Execution.StartTime'];

/** Fields that reshape a payload in ways that are not followed here. Sluice's machines do without. */
const notFollowed = [
  'InputPath',
  'OutputPath',
  'ResultPath',
  'ResultSelector',
  'TimestampPath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
];

/**
 * That whatever a state reads by JSONPath is there, and of the kind that it takes, on every way that leads to it. Step Functions finds
 * such a mistake only when it comes by: a Choice, Wait or Fail then ends the execution with States.Runtime, which nothing catches.
 */
export function checkPaths(machine: Machine): Problem[] {
  const arriving = shapesAtEachState(machine);
  return Object.entries(machine.definition.States).flatMap(([name, state]) => {
    const shapes = arriving.get(name) ?? [];
    const problems = [
      ...notFollowed.filter((field) => field in state).map((field) => `has ${field}, which the check of paths does not follow`),
      ...readsIn(state).flatMap((read) => shapes.flatMap((shape) => lacks(shape, read))),
      ...takesPayload(state, shapes),
    ];
    return [...new Set(problems)].map((what) => ({ state: name, what }));
  });
}

function readsIn({ Choices = [], SecondsPath, ErrorPath, CausePath, Parameters = {} }: State): Read[] {
  const read = (path: string | undefined, kind: Read['kind']): Read[] => (path === undefined ? [] : [{ path, kind }]);
  return [
    ...Choices.flatMap(readsOf),
    ...read(SecondsPath, 'number'),
    ...read(ErrorPath, 'string'),
    ...read(CausePath, 'string'),
    ...Object.entries(Parameters).flatMap(([key, path]) => (key.endsWith('.$') ? read(String(path), 'anything') : [])),
  ];
}

function lacks(shape: Shape, { path, kind }: Read): string[] {
  if (path === '$' || contextPaths.includes(path)) return [];
  const field = /^\$\.(\w+)$/.exec(path)?.[1];
  if (field === undefined) return [`reads ${path}, which is neither a top-level field nor a known one of the context`];
  const found = shape.fields[field];
  const when = shape.outcome === undefined ? '' : ` when the outcome is ${shape.outcome}`;
  if (found === undefined) return [`reads ${path}, which not every way to it puts there${when}`];
  return kind === 'anything' || found === 'anything' || kind === found
    ? []
    : [`reads ${path} as a ${kind}; it can be ${found === 'object' ? 'an' : 'a'} ${found}${when}`];
}

/** A Task without Parameters passes on what arrives, and its function takes nothing but the payload. */
function takesPayload({ Type, Parameters }: State, shapes: readonly Shape[]): string[] {
  if (Type !== 'Task' || Parameters !== undefined) return [];
  const missing = Object.keys(payload.fields).filter((field) => shapes.some((shape) => shape.fields[field] === undefined));
  return missing.length === 0 ? [] : [`takes the payload, but a way to it brings none: ${missing.join(', ')} can be missing`];
}
