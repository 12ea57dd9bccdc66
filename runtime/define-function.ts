import middy from '@middy/core';
import type * as z from 'zod/mini';
import { InvalidInputError } from '../core/errors.ts';
import { isNestedDeeper } from '../core/nesting.ts';
import { shorten } from '../core/shorten.ts';
import type { Deps } from './deps.ts';
import type { Log, LogFields } from './log.ts';

/** Makes a port from the environment, on the first call and not at import: a cold start loads no client that it does not use. */
export type Provider<T> = () => T;
export type Providers<K extends keyof Deps> = { readonly [Key in K]: Provider<Deps[Key]> };

export interface FunctionDefinition<Schema extends z.ZodMiniType, Output, K extends keyof Deps> {
  /** The name of the state that it serves, or of its door. */
  readonly name: string;
  /** The shape of the event. What does not have it ends in InvalidInputError, before anything is done. */
  readonly input: Schema;
  readonly uses: Providers<K | 'log'>;
  run(input: z.infer<Schema>, deps: Pick<Deps, K | 'log'>): Promise<Output>;
}

export type LambdaHandler = (event: unknown) => Promise<unknown>;

export interface SluiceFunction {
  readonly name: string;
  /** What Lambda calls: wired from the environment. */
  readonly handler: LambdaHandler;
  /** The same handler with other ports: the sandbox's, or a test's. */
  wiredWith(deps: Deps): LambdaHandler;
}

/**
 * One Lambda: parse, call, return. The middleware around it, the same for all, logs with the rollout's id, step and weight on every
 * line and lets named errors through as they are, since Step Functions matches their names.
 */
export function defineFunction<Schema extends z.ZodMiniType, Output, K extends keyof Deps>(
  definition: FunctionDefinition<Schema, Output, K>,
): SluiceFunction {
  const names = Object.keys(definition.uses) as (K | 'log')[];
  const wireFromEnvironment = once((): Pick<Deps, K | 'log'> => {
    const wired: Partial<Deps> = {};
    for (const name of names) Object.assign(wired, { [name]: definition.uses[name]() });
    return wired as Pick<Deps, K | 'log'>;
  });
  return {
    name: definition.name,
    handler: handlerOf(definition, wireFromEnvironment),
    wiredWith: (deps) => handlerOf(definition, () => deps),
  };
}

function handlerOf<Schema extends z.ZodMiniType, Output, K extends keyof Deps>(
  definition: FunctionDefinition<Schema, Output, K>,
  wire: () => Pick<Deps, K | 'log'>,
): LambdaHandler {
  const handler = middy()
    .use(parseInput(definition))
    .handler(async (input: unknown) => {
      const deps = wire();
      const log = deps.log.with({ function: definition.name, ...fieldsOf(input) });
      return logged(log, () => definition.run(input as z.infer<Schema>, { ...deps, log }));
    });
  // middy reads only `getRemainingTimeInMillis` of the context, and only where early response is on; it is not.
  return (event) => handler(event, undefined as never);
}

/** No event and no payload has a third of it. */
const deepestInput = 100;
/** Of what is wrong with an input: it may be wrong in as many places as it has. */
const mostIssues = 10;

function parseInput<Schema extends z.ZodMiniType, Output, K extends keyof Deps>(
  definition: FunctionDefinition<Schema, Output, K>,
): middy.MiddlewareObj {
  return {
    before: (request) => {
      if (isNestedDeeper(request.event, deepestInput)) {
        throw new InvalidInputError(`${definition.name} was called with an input of more than ${deepestInput} levels.`, {
          remedy: 'Start executions by their documented input, and leave the payload between states alone.',
        });
      }
      const parsed = definition.input.safeParse(request.event);
      if (!parsed.success) {
        const issues = parsed.error.issues.slice(0, mostIssues);
        const where = issues.map((issue) => `${shorten(issue.path.join('.'), 200) || 'input'}: ${issue.message}`).join('; ');
        throw new InvalidInputError(`${definition.name} was called with an input that it does not take (${where}).`, {
          remedy: 'Start executions by their documented input, and leave the payload between states alone.',
          cause: parsed.error,
        });
      }
      request.event = parsed.data;
    },
  };
}

async function logged<T>(log: Log, act: () => Promise<T>): Promise<T> {
  try {
    const output = await act();
    log.info('done', fieldsOf(output));
    return output;
  } catch (error) {
    log.error('failed', error);
    throw error;
  }
}

/** The fields that every line about a rollout carries. */
function fieldsOf(value: unknown): LogFields {
  if (typeof value !== 'object' || value === null) return {};
  const { rolloutId, stepIndex, weight, outcome } = value as Record<string, unknown>;
  return {
    ...(typeof rolloutId === 'string' ? { rolloutId } : {}),
    ...(typeof stepIndex === 'number' ? { step: stepIndex } : {}),
    ...(typeof weight === 'number' ? { weight } : {}),
    ...(typeof outcome === 'string' ? { outcome } : {}),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
