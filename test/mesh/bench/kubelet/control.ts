import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import * as z from 'zod/mini';
import type { BenchBehaviour } from '../types.ts';
import { benchBehaviour } from './behaviours.ts';
import type { Kubelet } from './kubelet.ts';

const behave = z.object({ image: z.string(), behaviour: benchBehaviour });

/** What the kubelet is told from outside: `POST /behave`, `GET /received?image=…` and `GET /identity?namespace=…&name=…`. */
export async function startKubeletControl(kubelet: Kubelet, { address, port }: { readonly address: string; readonly port: number }) {
  const server = createServer((request, response) => {
    const answer = async (): Promise<unknown> => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://kubelet');
      if (pathname === '/identity') return kubelet.identityOf(searchParams.get('namespace') ?? '', searchParams.get('name') ?? '');
      if (pathname === '/received') return kubelet.received(searchParams.get('image') ?? '');
      if (pathname === '/behave') {
        const { image, behaviour } = behave.parse(await json(request));
        // JSON has no `undefined`, which is all that the two types differ by.
        await kubelet.behave(image, behaviour as BenchBehaviour);
      }
      return {};
    };
    answer().then(
      (body) => response.end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve));
}
