import { createReadStream, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { answerCall } from './answer-call.ts';
import { loadHandler } from './load-handler.ts';

/**
 * One execution environment of a Lambda function, as far as Sluice's functions see it: node_worker.py starts it with the function's own
 * environment, and writes one call a line. It ends when the pipe does, also in the middle of a call.
 */
const { SLUICE_CALLS: calls, SLUICE_ANSWERS: answers, LAMBDA_TASK_ROOT: root = '.', _HANDLER: handlerName = '' } = process.env;
delete process.env['SLUICE_CALLS'];
delete process.env['SLUICE_ANSWERS'];

const loaded = await loadHandler(root, handlerName);
const say = (line: unknown) => writeSync(Number(answers), `${JSON.stringify(line)}\n`);
say({ ready: true });
const lines = createInterface({ input: createReadStream('', { fd: Number(calls) }) });
lines.on('close', () => process.exit());
lines.on('line', async (line) => {
  say(await answerCall(loaded, line));
});
