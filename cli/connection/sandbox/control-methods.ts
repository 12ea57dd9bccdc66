import * as z from 'zod/mini';
import { historyEntry } from '../../../core/rollout/record.ts';
import {
  abortRequest,
  applied,
  applyRequest,
  type Connection,
  executionState,
  operated,
  operateRequest,
  started,
  startRequest,
  status,
} from '../connection.ts';

export interface ControlMethod<Request extends z.ZodMiniType, Answer extends z.ZodMiniType> {
  readonly request: Request;
  readonly answer: Answer;
  call(connection: Connection, request: z.infer<Request>): Promise<z.infer<Answer>>;
}

function method<Request extends z.ZodMiniType, Answer extends z.ZodMiniType>(
  request: Request,
  answer: Answer,
  call: ControlMethod<Request, Answer>['call'],
): ControlMethod<Request, Answer> {
  return { request, answer, call };
}

/** What the control API of a sandbox takes and answers: `POST /v1/<name>`. Server and client both derive from this table. */
export const controlMethods = {
  /** Does nothing: whoever is answered knows that the sandbox is there and that the token is right. */
  greet: method(z.strictObject({}), z.strictObject({ where: z.string() }), async ({ where }) => ({ where })),
  apply: method(applyRequest, applied, (connection, request) => connection.apply(request)),
  start: method(startRequest, started, (connection, request) => connection.start(request)),
  execution: method(z.strictObject({ executionArn: z.string() }), executionState, (connection, { executionArn }) =>
    connection.execution(executionArn),
  ),
  status: method(z.strictObject({ rollout: z.optional(z.string()) }), status, (connection, { rollout }) => connection.status(rollout)),
  history: method(z.strictObject({ rolloutId: z.string() }), z.array(historyEntry), (connection, { rolloutId }) =>
    connection.history(rolloutId),
  ),
  operate: method(operateRequest, operated, (connection, request) => connection.operate(request)),
  abort: method(abortRequest, operated, (connection, request) => connection.abort(request)),
};
export type ControlMethodName = keyof typeof controlMethods;

export const controlError = z.strictObject({ error: z.strictObject({ name: z.string(), message: z.string(), remedy: z.string() }) });
