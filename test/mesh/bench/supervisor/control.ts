import { createServer, type Server } from 'node:http';
import * as z from 'zod/mini';
import { processName } from '../description.ts';
import type { ProcessName } from '../types.ts';
import type { Child } from './child.ts';

const action = z.enum(['SIGKILL', 'SIGTERM', 'stop', 'cont', 'start']);

/** What tests tell the supervisor: `GET /` for all process ids, `POST /<process>/<action>`, answered when it is done. */
export function createControl(children: ReadonlyMap<ProcessName, Child>): Server {
  const act = async (path: string): Promise<unknown> => {
    const [, name, what] = path.split('/');
    if (name !== '') {
      const child = children.get(processName.parse(name));
      const wanted = action.parse(what);
      if (wanted === 'start') await child?.start();
      else if (wanted === 'stop') child?.send('SIGSTOP');
      else if (wanted === 'cont') child?.send('SIGCONT');
      else await child?.kill(wanted);
    }
    return Object.fromEntries([...children].flatMap(([each, { pid }]) => (pid === undefined ? [] : [[each, pid]])));
  };
  return createServer((request, response) => {
    act(request.url ?? '/').then(
      (body) => response.end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
}
