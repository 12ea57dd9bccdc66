import { listenOnLoopback } from '../../../sandbox/traffic/loopback-server.ts';

/** A port of 127.0.0.1 that nobody listened on a moment ago: for a program that can't choose one by itself. */
export async function freePort(): Promise<number> {
  const server = await listenOnLoopback(() => undefined);
  await server.close();
  return server.port;
}
