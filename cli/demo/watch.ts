import * as z from 'zod/mini';
import { historyPartition, keys, rolloutsPartition } from '../../adapters/store/keys.ts';
import type { RolloutStore, StoreChange } from '../../core/ports.ts';
import { historyEntry, rolloutRecord } from '../../core/rollout/record.ts';
import { alarmReadingOf, alarmStateChangeEvent } from '../../core/spec/events.ts';
import type { Deps } from '../../runtime/deps.ts';
import { eventPatterns } from '../../runtime/event-patterns.ts';
import { every, type SandboxClock } from '../../sandbox/clock.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Observed } from './observed.ts';
import type { DemoScenario, PlayHooks } from './theatre.ts';

const virtualService = z.looseObject({
  spec: z.looseObject({
    http: z.array(
      z.looseObject({
        name: z.optional(z.string()),
        route: z.array(z.looseObject({ destination: z.looseObject({ host: z.string() }), weight: z.optional(z.int()) })),
      }),
    ),
  }),
});

/** Ties what happens in a scenario's sandbox to one function that is told of it, in order and with whole milliseconds. */
export function watch({ service }: Pick<DemoScenario, 'service'>, clock: SandboxClock, tell: (event: Observed) => void): PlayHooks {
  const now = () => Math.round(clock.now());
  return {
    clock,
    wrapDeps: (deps: Deps): Deps => ({ ...deps, store: watchStore(deps.store, (change) => tellOfStore(change)) }),
    onAnswer: ({ atMs, durationMs, status, version }) =>
      tell({ kind: 'answer', atMs: Math.round(atMs + durationMs), version, failed: status === 0 || status >= 500 }),
    onSandbox: (sandbox) => {
      watchTraffic(sandbox);
      watchAlarms(sandbox);
      every(clock, 1000, () => tell({ kind: 'second', atMs: now() }));
      tell({ kind: 'ready', atMs: now() });
    },
  };

  function watchTraffic({ proxy, kubernetes }: Sandbox): void {
    proxy.observe({
      onStart: ({ atMs, destination }) => {
        if (destination === `${service}-canary`) tell({ kind: 'canaryRequest', atMs: Math.round(atMs) });
      },
    });
    kubernetes.onChange((type, object) => {
      if (object.kind !== 'VirtualService' || type !== 'MODIFIED') return;
      const rule = virtualService.parse(object).spec.http.find(({ name }) => name === service);
      if (rule === undefined) return;
      const canary = rule.route.find(({ destination }) => destination.host.split('.', 1)[0] === `${service}-canary`);
      tell({ kind: 'weight', atMs: now(), canary: canary?.weight ?? 0 });
    });
  }

  function watchAlarms({ bus }: Sandbox): void {
    const deliver = (payload: unknown) => {
      const { name, state, reason, sinceMs } = alarmReadingOf(alarmStateChangeEvent.parse(payload).detail);
      if (state === 'missing' || state === 'unavailable') return;
      tell({ kind: 'alarm', atMs: Math.round(sinceMs ?? now()), name, state, reason });
    };
    bus.putRule({ name: 'demo-alarms', pattern: eventPatterns.alarmStateChange, targets: [{ id: 'demo', deliver }] });
  }

  function tellOfStore(change: StoreChange): void {
    if (!('put' in change)) return;
    const { partition } = change.put;
    if (partition === rolloutsPartition(service)) tell({ kind: 'record', atMs: now(), record: rolloutRecord.parse(change.value) });
    if (partition === keys.quarantine(service, '').partition) {
      tell({ kind: 'quarantined', atMs: now(), rolloutId: String(change.value['rolloutId']) });
    }
    if (!partition.startsWith(historyPartition(service))) return;
    const entry = historyEntry.parse(change.value);
    tell({ kind: 'history', atMs: Math.round(entry.atMs), entry });
  }
}

/** The same store, which tells of each change once it was taken. */
function watchStore(store: RolloutStore, tell: (change: StoreChange) => void): RolloutStore {
  return {
    read: (key) => store.read(key),
    list: (partition) => store.list(partition),
    write: async (changes) => {
      await store.write(changes);
      for (const change of changes) tell(change);
    },
  };
}
