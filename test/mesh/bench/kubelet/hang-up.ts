import type { Socket } from 'node:net';

/** Breaks a connection off as a crash does. Only TCP knows a reset. */
export function hangUp(socket: Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
