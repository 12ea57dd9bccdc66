import { abort } from '../functions/abort.ts';
import { applySpec } from '../functions/apply-spec.ts';
import { awaitReady } from '../functions/await-ready.ts';
import { awaitStable } from '../functions/await-stable.ts';
import { begin } from '../functions/begin.ts';
import { decide } from '../functions/decide.ts';
import { deployCanary } from '../functions/deploy-canary.ts';
import { deploySpec } from '../functions/deploy-spec.ts';
import { failRollback } from '../functions/fail-rollback.ts';
import { finish } from '../functions/finish.ts';
import { finishRollback } from '../functions/finish-rollback.ts';
import { guardRemoval } from '../functions/guard-removal.ts';
import { operate } from '../functions/operate.ts';
import { promoteStable } from '../functions/promote-stable.ts';
import { receiveAlerts } from '../functions/receive-alerts.ts';
import { receiveWebhook } from '../functions/receive-webhook.ts';
import { removeCanary } from '../functions/remove-canary.ts';
import { restoreStable } from '../functions/restore-stable.ts';
import { restoreTraffic } from '../functions/restore-traffic.ts';
import { returnTraffic } from '../functions/return-traffic.ts';
import { runAnalysis } from '../functions/run-analysis.ts';
import { setWeight } from '../functions/set-weight.ts';
import { sweep } from '../functions/sweep.ts';
import { tellRefusal } from '../functions/tell-refusal.ts';
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
  deploySpec,
  failRollback,
  finish,
  finishRollback,
  guardRemoval,
  operate,
  promoteStable,
  receiveAlerts,
  receiveWebhook,
  removeCanary,
  restoreStable,
  restoreTraffic,
  returnTraffic,
  runAnalysis,
  setWeight,
  sweep,
  tellRefusal,
  verifyTraffic,
  verifyWeight,
];

/** Every Lambda of the controller by its name, each with its ports. */
export function wireFunctions(depsOf: (name: string) => Deps): Readonly<Record<string, LambdaHandler>> {
  return Object.fromEntries(all.map((each) => [each.name, each.wiredWith(depsOf(each.name))]));
}
