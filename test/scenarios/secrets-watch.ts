import type { StoreChange } from '../../core/ports.ts';
import type { LambdaHandler } from '../../runtime/define-function.ts';
import type { Deps } from '../../runtime/deps.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { type Sandbox, sandboxWebhookSecret } from '../../sandbox/sandbox.ts';
import type { RunOptions, ScenarioOutcome } from './run-scenario.ts';

/** A secret by what it is, and as it would be found in a text. */
export type Secrets = Readonly<Record<string, string>>;

/** What is one in every run: a token of EKS is the base64 of an address that begins like this, and that holds a signature. */
const always: Secrets = {
  'a token of EKS': 'k8s-aws-v1.aHR0cHM6',
  'a presigned address': 'X-Amz-Signature=',
  'the secret of the webhook': sandboxWebhookSecret,
};

/**
 * Reads along in all that Sluice writes while a scenario is played, and keeps where a secret stands: the lines of the log, events, what is
 * stored, what goes into a Lambda, comes out of it or is thrown, which is the history of its state machine, and how executions began and ended.
 */
export class SecretsWatch {
  readonly #secrets: readonly (readonly [string, string])[];
  readonly #found = new Set<string>();
  #sandbox: Sandbox | undefined;
  /** Texts that were looked at, by where they stood. */
  readonly looked = new Map<string, number>();

  constructor(secrets: Secrets = {}) {
    this.#secrets = Object.entries({ ...always, ...secrets });
  }

  /** Sentences, each once: what was found, and where. */
  get found(): readonly string[] {
    return [...this.#found];
  }

  look(where: string, what: unknown): void {
    const text = typeof what === 'string' ? what : (JSON.stringify(what) ?? '');
    this.looked.set(where, (this.looked.get(where) ?? 0) + 1);
    for (const [name, secret] of this.#secrets) if (text.includes(secret)) this.#found.add(`${name} stands in ${where}`);
  }

  /** The same options, with everything looked at. */
  watching(options: RunOptions): RunOptions {
    const { wrapDeps = (deps) => deps, onSandbox } = options;
    return {
      ...options,
      log: createMemoryLog((line) => this.look('a line of the log', line)),
      wrapDeps: (deps, name) => this.#wrapDeps(wrapDeps(deps, name)),
      onSandbox: (sandbox) => {
        this.#sandbox = sandbox;
        const release = { wrapFunction: (name: string, handler: LambdaHandler) => this.#wrapFunction(name, handler) };
        sandbox.deployMachines(release);
        sandbox.deployDoors(release);
        onSandbox?.(sandbox);
      },
    };
  }

  /** What there is to see when all is over. */
  lookBack(outcome: ScenarioOutcome): void {
    for (const put of this.#sandbox?.bus.puts ?? []) this.look('an event', put);
    for (const execution of outcome.executions) this.look('an execution', execution);
    for (const { history } of outcome.rollouts) this.look('a history', history);
  }

  #wrapDeps(deps: Deps): Deps {
    const write = (changes: readonly StoreChange[]) => {
      this.look('the store', changes);
      return deps.store.write(changes);
    };
    return { ...deps, store: { read: (key) => deps.store.read(key), list: (partition) => deps.store.list(partition), write } };
  }

  /** Of a request to the webhook, the header that says who calls comes from outside; everything else that is handed on does not. */
  #wrapFunction(name: string, handler: LambdaHandler): LambdaHandler {
    return async (event) => {
      if (name !== 'ReceiveWebhook') this.look(`the input of ${name}`, event);
      try {
        const output = await handler(event);
        this.look(`the output of ${name}`, output);
        return output;
      } catch (error) {
        // As Lambda tells it: the message, the stack, and the error's own fields.
        this.look(`an error of ${name}`, error instanceof Error ? [error.message, error.stack, { ...error }] : error);
        throw error;
      }
    };
  }
}
