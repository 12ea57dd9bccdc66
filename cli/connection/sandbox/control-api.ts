import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type * as z from 'zod/mini';
import { ClusterForbiddenError, InvalidInputError, SluiceError } from '../../../core/errors.ts';
import { listenOnLoopback } from '../../../sandbox/traffic/loopback-server.ts';
import type { Connection } from '../connection.ts';
import { messageOf } from '../restore-error.ts';
import { type ControlMethod, controlMethods } from './control-methods.ts';

export interface ControlApi {
  readonly port: number;
  close(): Promise<void>;
}

/** A spec is a page of text; more than this is no request of the command. */
const largestBody = 1024 * 1024;

/**
 * Lets other terminals of the same person talk to a sandbox: HTTP on 127.0.0.1, with a token that stands in a file only that person
 * can read. A browser cannot get in: it does not know the token.
 */
export async function startControlApi(connection: Connection, token: string): Promise<ControlApi> {
  const { port, close } = await listenOnLoopback((request, response) => {
    answer(connection, token, request).then(
      (body) => send(response, 200, body),
      (error: unknown) => send(response, statusOf(error), { error: travelled(error) }),
    );
  });
  return { port, close };
}

async function answer(connection: Connection, token: string, request: IncomingMessage): Promise<unknown> {
  if (!sameToken(request.headers.authorization ?? '', `Bearer ${token}`)) {
    throw new ClusterForbiddenError('The sandbox does not know this token.', { remedy: 'Start a sandbox anew with `sluice --sandbox`.' });
  }
  const name = /^\/v1\/([a-z]+)$/.exec(request.url ?? '')?.[1] ?? '';
  const methods: Readonly<Record<string, ControlMethod<z.ZodMiniType, z.ZodMiniType>>> = controlMethods;
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined || request.method !== 'POST') {
    throw new InvalidInputError(`The sandbox has no ${request.method} ${request.url}.`, {
      remedy: 'Use the command of the same version in all terminals.',
    });
  }
  const body = method.request.safeParse(parseJson(await readBody(request)));
  if (!body.success) {
    throw new InvalidInputError(`${name} was asked in a form that it does not take.`, {
      remedy: 'Use the command of the same version in all terminals.',
      cause: body.error,
    });
  }
  return method.call(connection, body.data);
}

/** In a time that tells nothing about where two texts differ, nor about their lengths. */
function sameToken(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > largestBody) throw new InvalidInputError('The request is larger than 1 MB.', { remedy: 'Send less at once.' });
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function statusOf(error: unknown): number {
  if (error instanceof ClusterForbiddenError) return 403;
  return error instanceof SluiceError ? 422 : 500;
}

function travelled(error: unknown): { name: string; message: string; remedy: string } {
  if (error instanceof SluiceError) return { name: error.name, message: messageOf(error), remedy: error.remedy };
  return { name: 'Error', message: error instanceof Error ? error.message : String(error), remedy: '' };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? null));
}
