import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { RawApi } from '../api/raw-api.ts';
import { PodSidecars } from '../mtls/pod-sidecars.ts';
import { reap, sidecarPidsFile } from '../supervisor/claim.ts';
import { hostOfRange } from '../supervisor/range.ts';
import { Addresses } from './addresses.ts';
import { Behaviours } from './behaviours.ts';
import { startKubeletControl } from './control.ts';
import { Kubelet } from './kubelet.ts';

/** What the supervisor writes into the file that is this program's one argument. */
const settings = z.object({
  api: z.object({ url: z.string(), ca: z.string(), token: z.string() }),
  control: z.object({ address: z.string(), port: z.number() }),
  /** The number of the bench's range. */
  range: z.number(),
  nodeName: z.string(),
  behavioursFile: z.string(),
  sidecars: z.object({
    meshFile: z.string(),
    authority: z.string(),
    bin: z.string(),
    runFolder: z.string(),
    logs: z.string(),
    istiodAddress: z.string(),
  }),
  readyAfterMs: z.number(),
  stopDelayMs: z.number(),
});
export type KubeletSettings = z.infer<typeof settings>;

const {
  api: access,
  control,
  range,
  behavioursFile,
  sidecars,
  ...rest
} = settings.parse(JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')));
// Not in the midst of a start, whose process nobody would know of.
process.once('SIGTERM', () => process.exit());
const api = new RawApi(access);
// Those of a kubelet that was killed, whose pods this one starts anew.
await reap(sidecars.runFolder, sidecarPidsFile);
const kubelet = new Kubelet({
  ...rest,
  api,
  sidecars: new PodSidecars({ ...sidecars, api, folder: join(sidecars.runFolder, 'pods') }),
  // The first hosts are the gateways' and for whatever comes to be beside the pods.
  addresses: new Addresses((host) => hostOfRange(range, host), 256, 4094),
  behaviours: await Behaviours.open(behavioursFile),
});
await startKubeletControl(kubelet, control);
await kubelet.run(new AbortController().signal);
