import { expect, it } from 'vitest';
import { type Lane, Lanes } from './lane.ts';

const lane = (played: number) => ({ played }) as Lane;

it('a lane is handed to one at a time, in the order of asking', async () => {
  const lanes = new Lanes();
  const taken: string[] = [];
  const first = lanes.take().then(({ played }) => taken.push(`first ${played}`));
  const second = lanes.take().then(({ played }) => taken.push(`second ${played}`));
  lanes.give(lane(1));
  await first;
  expect(taken).toEqual(['first 1']);
  lanes.give(lane(2));
  await second;
  lanes.give(lane(3));
  expect((await lanes.take()).played).toBe(3);
});
