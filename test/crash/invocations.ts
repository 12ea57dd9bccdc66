import { AsyncLocalStorage } from 'node:async_hooks';
import type { LambdaHandler } from '../../runtime/define-function.ts';
import type { SandboxClock } from '../../sandbox/clock.ts';

/** One call of a Lambda: a process of its own, as far as crashes go. */
export interface Invocation {
  /** The Lambda, and whether it is called for the rollback machine: `rollback RemoveCanary`. */
  readonly act: string;
  /** Nothing of it has an effect from now on. */
  dead: boolean;
  /** Ends the call with an error, if it has not ended. */
  readonly fail: (error: Error) => void;
}

const scope = new AsyncLocalStorage<Invocation>();

export function currentInvocation(): Invocation | undefined {
  return scope.getStore();
}

export const never = new Promise<never>(() => undefined);

/** Below the 60 s of a Task: as in stacks/functions.ts. */
const functionTimeoutMs = 50_000;

/** Which payloads are the rollback machine's: those from the fence on with which its first state was called. */
class RollbackFences {
  readonly #first = new Map<string, number>();

  isOfRollback(act: string, event: unknown): boolean {
    if (typeof event !== 'object' || event === null || !('rolloutId' in event) || !('fence' in event)) return false;
    const [rolloutId, fence] = [String(event.rolloutId), Number(event.fence)];
    if (act === 'RestoreTraffic') this.#first.set(rolloutId, Math.min(fence, this.#first.get(rolloutId) ?? fence));
    return fence >= (this.#first.get(rolloutId) ?? Number.POSITIVE_INFINITY);
  }
}

/** Around every call of a Lambda. `answer` is asked when it has done its work, and may keep the answer from whoever called. */
export function invocationsOf(
  clock: SandboxClock,
  answer: (invocation: Invocation) => Promise<void>,
): (name: string, handler: LambdaHandler) => LambdaHandler {
  const rollbacks = new RollbackFences();
  return (act, handler) => (event) =>
    new Promise((resolve, reject) => {
      const invocation: Invocation = { act: rollbacks.isOfRollback(act, event) ? `rollback ${act}` : act, dead: false, fail: reject };
      const settle = async () => {
        const output = await handler(event);
        if (invocation.dead) return;
        await answer(invocation);
        if (!invocation.dead) resolve(output);
      };
      scope.run(invocation, () => {
        settle().catch((error: unknown) => {
          if (!invocation.dead) reject(error);
        });
      });
      // Step Functions gives a Task up by itself; whoever else called hears that the function timed out.
      if (isTask(event)) return;
      clock.timer(functionTimeoutMs, () => {
        reject(named('Sandbox.Timedout', `Task timed out after ${functionTimeoutMs / 1000} seconds`));
      });
    });
}

/** The process ends, and says nothing. */
export function hang(invocation: Invocation | undefined): Promise<never> {
  if (invocation !== undefined) invocation.dead = true;
  return never;
}

/** The process ends, and Lambda says so. */
export function crash(invocation: Invocation | undefined): Promise<never> {
  if (invocation === undefined) return never;
  invocation.dead = true;
  invocation.fail(named('Runtime.ExitError', 'RequestId: 1 Error: Runtime exited with error: signal: killed'));
  return never;
}

export function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** What a state machine passes on: a payload, or what Begin and Abort are given of the execution. */
function isTask(event: unknown): boolean {
  return typeof event === 'object' && event !== null && ('payloadVersion' in event || 'executionArn' in event);
}
