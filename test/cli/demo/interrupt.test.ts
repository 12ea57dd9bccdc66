import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { endOnClosedPipe, endOnSignal } from '../../../cli/demo/interrupt.ts';

function press(close: () => Promise<void>) {
  const listeners = new Map<string, () => void>();
  const exits: number[] = [];
  endOnSignal({ on: (signal, listener) => listeners.set(signal, listener), exit: (code) => exits.push(code) }, close);
  return { exits, send: (signal: string) => listeners.get(signal)?.() };
}

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s closes what runs, and ends with %s', async (signal, code) => {
    let closed = false;
    const { exits, send } = press(async () => {
      closed = true;
    });
    send(signal);
    await expect.poll(() => exits).toEqual([code]);
    expect(closed).toBe(true);
  });

  it('ends at once when it comes a second time, however long closing takes', () => {
    const { exits, send } = press(() => new Promise(() => undefined));
    send('SIGINT');
    expect(exits).toEqual([]);
    send('SIGINT');
    expect(exits).toEqual([130]);
  });
});

describe('a pipe whose reader has gone', () => {
  it('ends the process quietly', () => {
    const output = new EventEmitter();
    const exits: number[] = [];
    endOnClosedPipe(output, (code) => exits.push(code));
    output.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(exits).toEqual([141]);
    expect(() => output.emit('error', new Error('something else'))).toThrow('something else');
  });
});
