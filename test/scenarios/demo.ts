import { endOnClosedPipe, endOnSignal } from '../../cli/demo/interrupt.ts';
import { demo } from '../../cli/demo/main.ts';
import { ScaledClock } from '../../sandbox/clock.ts';
import { theatre } from './theatre.ts';

/** What `npm run demo` starts: the demo, with the scenarios of the tests. */
endOnClosedPipe(process.stdout, (code) => process.exit(code));
process.exitCode = await demo(process.argv.slice(2), theatre, {
  output: process.stdout,
  errors: process.stderr,
  env: process.env,
  clock: (speed) => new ScaledClock({ speed }),
  onInterrupt: (close) => endOnSignal(process, close),
});
