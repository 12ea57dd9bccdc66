import { abort } from '../functions/abort.ts';
import { applySpec } from '../functions/apply-spec.ts';
import { awaitReady } from '../functions/await-ready.ts';
import { awaitStable } from '../functions/await-stable.ts';
import { begin } from '../functions/begin.ts';
import { decide } from '../functions/decide.ts';
import { deployCanary } from '../functions/deploy-canary.ts';
import { failRollback } from '../functions/fail-rollback.ts';
import { finish } from '../functions/finish.ts';
import { finishRollback } from '../functions/finish-rollback.ts';
import { operate } from '../functions/operate.ts';
import { promoteStable } from '../functions/promote-stable.ts';
import { removeCanary } from '../functions/remove-canary.ts';
import { restoreStable } from '../functions/restore-stable.ts';
import { restoreTraffic } from '../functions/restore-traffic.ts';
import { returnTraffic } from '../functions/return-traffic.ts';
import { runAnalysis } from '../functions/run-analysis.ts';
import { setWeight } from '../functions/set-weight.ts';
import { sweep } from '../functions/sweep.ts';
import { verifyTraffic } from '../functions/verify-traffic.ts';
import { verifyWeight } from '../functions/verify-weight.ts';
import type { LambdaHandler } from '../runtime/define-function.ts';
import type { Deps } from '../runtime/deps.ts';

const all = [
  abort,
  applySpec,
  awaitReady,
  awaitStable,
  begin,
  decide,
  deployCanary,
  failRollback,
  finish,
  finishRollback,
  operate,
  promoteStable,
  removeCanary,
  restoreStable,
  restoreTraffic,
  returnTraffic,
  runAnalysis,
  setWeight,
  sweep,
  verifyTraffic,
  verifyWeight,
];

/** Every Lambda of the controller by its name, with the sandbox's ports behind it. */
export function wireFunctions(deps: Deps): Readonly<Record<string, LambdaHandler>> {
  return Object.fromEntries(all.map((each) => [each.name, each.wiredWith(deps)]));
}
