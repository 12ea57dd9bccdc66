import type * as z from 'zod/mini';
import { AwsUnavailableError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports.ts';
import type { Connection } from '../connection.ts';
import { restoreError } from '../restore-error.ts';
import { type ControlMethodName, controlError, controlMethods } from './control-methods.ts';
import type { SandboxAddress } from './state-file.ts';

type Answer<Name extends ControlMethodName> = z.infer<(typeof controlMethods)[Name]['answer']>;

/** A sandbox that runs in another terminal. */
export function connectToSandbox(address: SandboxAddress, clock: Clock): Connection {
  const ask = async <Name extends ControlMethodName>(name: Name, request: object): Promise<Answer<Name>> => {
    const { status, body } = await post(address, name, request);
    if (status === 200) {
      const parsed = controlMethods[name].answer.safeParse(body);
      if (parsed.success) return parsed.data as Answer<Name>;
    }
    const error = controlError.safeParse(body);
    if (error.success) throw restoreError(error.data.error);
    throw new AwsUnavailableError(`The sandbox answered ${name} with what this command does not understand.`, {
      remedy: 'Use the command of the same version in all terminals.',
    });
  };
  return {
    where: 'the sandbox',
    clock,
    apply: (request) => ask('apply', request),
    start: (request) => ask('start', request),
    execution: (executionArn) => ask('execution', { executionArn }),
    status: (rollout) => ask('status', { rollout }),
    history: (rolloutId) => ask('history', { rolloutId }),
    operate: (request) => ask('operate', request),
    abort: (request) => ask('abort', request),
  };
}

/** Whether a sandbox still listens at that address and takes that token: the file may outlive it, and its port go to another program. */
export async function isAlive(address: SandboxAddress): Promise<boolean> {
  try {
    const { status, body } = await post(address, 'greet', {});
    return status === 200 && controlMethods.greet.answer.safeParse(body).success;
  } catch {
    return false;
  }
}

async function post({ port, token }: SandboxAddress, name: string, request: object): Promise<{ status: number; body: unknown }> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(request),
      redirect: 'error',
    });
    return { status: answer.status, body: await answer.json() };
  } catch (cause) {
    throw new AwsUnavailableError('The sandbox does not answer.', { remedy: 'Start it again with `sluice --sandbox status`.', cause });
  }
}
