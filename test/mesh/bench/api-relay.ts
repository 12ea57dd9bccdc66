import { connect, createServer, type Socket } from 'node:net';
import type { ClusterEndpoint } from '../../../core/ports.ts';
import { freePort } from '../../localstack/engine/free-port.ts';

/** Another way to the same API server, which can be hurt without hurting others' way to it. */
export interface ApiRelay {
  /** For Sluice, in place of the bench's own. */
  readonly clusterEndpoint: ClusterEndpoint;
  /** From now on everything arrives so much later, in each direction. */
  delay(ms: number): void;
  /** From now on nothing arrives in either direction, and connections stay open: they find out by their time-outs. */
  partition(): void;
  /** What was held back arrives now, and nothing is held back or late any more. */
  heal(): void;
  /** Breaks off what is open. New connections are still taken. */
  reset(): void;
  close(): Promise<void>;
}

/** TLS goes through it untouched: the server's certificate is for 127.0.0.1, where this listens too. */
export async function startApiRelay({ clusterEndpoint }: { readonly clusterEndpoint: ClusterEndpoint }): Promise<ApiRelay> {
  const { hostname: host, port: target, protocol } = new URL(clusterEndpoint.endpoint);
  const open = new Set<Socket>();
  let delayMs = 0;
  let healed: PromiseWithResolvers<void> | undefined;

  const pass = (from: Socket, to: Socket) => {
    // One after the other, so that the order stays whatever the delay was.
    let before = Promise.resolve();
    const later = (act: () => void) => {
      const late = new Promise((resolve) => setTimeout(resolve, delayMs));
      before = Promise.all([before, delayMs === 0 ? undefined : late])
        .then(() => healed?.promise)
        .then(act);
    };
    open.add(from);
    from.on('data', (chunk: Buffer) => later(() => void to.write(chunk)));
    from.on('end', () => later(() => void to.end()));
    from.on('error', () => to.destroy());
    from.on('close', (isBroken) => {
      open.delete(from);
      if (isBroken) to.destroy();
    });
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (outer) => {
    const inner = connect({ host, port: Number(target), noDelay: true, allowHalfOpen: true });
    pass(outer, inner);
    pass(inner, outer);
  });
  const reset = () => {
    for (const socket of open) socket.destroy();
  };
  const port = await freePort();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    clusterEndpoint: { ...clusterEndpoint, endpoint: `${protocol}//127.0.0.1:${port}` },
    delay: (ms) => {
      delayMs = ms;
    },
    partition: () => {
      healed ??= Promise.withResolvers<void>();
    },
    heal: () => {
      delayMs = 0;
      healed?.resolve();
      healed = undefined;
    },
    reset,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      reset();
      await closed;
    },
  };
}
