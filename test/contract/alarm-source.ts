import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlarmSource } from '../../core/metric-ports.ts';
import type { SourceTrouble } from './metric-provider.ts';

export interface AlarmSourceSetUp {
  readonly source: AlarmSource;
  /** Names of alarms by the state that they are in. */
  readonly names: {
    readonly ok: string;
    readonly alarm: string;
    readonly insufficientData: string;
    readonly missing: string;
  };
  /** Since when the alarm in ALARM is in that state. */
  readonly alarmSinceMs: number;
  readonly troubles: readonly SourceTrouble[];
  makeTrouble(trouble: SourceTrouble): void;
  endTrouble(): void;
  tearDown(): Promise<void>;
}

/** What every AlarmSource does. */
export function alarmSourceContract(name: string, setUp: () => Promise<AlarmSourceSetUp>): void {
  describe(`${name} as an AlarmSource`, () => {
    let at: AlarmSourceSetUp;

    beforeEach(async () => {
      at = await setUp();
    });

    afterEach(() => at.tearDown());

    it.each(['ok', 'alarm', 'insufficientData', 'missing'] as const)('reads the state %s', async (state) => {
      const asked = at.names[state];
      expect(await at.source.read([asked])).toMatchObject([{ name: asked, state }]);
    });

    it('says since when an alarm is firing, and why', async () => {
      const [reading] = await at.source.read([at.names.alarm]);
      expect(reading).toMatchObject({ sinceMs: at.alarmSinceMs });
      expect(reading?.reason).not.toBe('');
    });

    it('reads one per name in the order asked, also a name twice', async () => {
      const { ok, alarm, missing } = at.names;
      const readings = await at.source.read([missing, alarm, ok, alarm]);
      expect(readings.map((reading) => [reading.name, reading.state])).toEqual([
        [missing, 'missing'],
        [alarm, 'alarm'],
        [ok, 'ok'],
        [alarm, 'alarm'],
      ]);
    });

    it('reads nothing for no name', async () => {
      expect(await at.source.read([])).toEqual([]);
    });

    it('takes a source in trouble for unavailable, never for ok, never throws, and reads again afterwards (J2)', async () => {
      for (const trouble of at.troubles) {
        at.makeTrouble(trouble);
        for (const reading of await at.source.read([at.names.alarm, at.names.ok])) {
          expect(reading, trouble).toMatchObject({ state: 'unavailable', reason: expect.stringMatching(/./) });
        }
        at.endTrouble();
        expect(await at.source.read([at.names.alarm]), `after ${trouble}`).toMatchObject([{ state: 'alarm' }]);
      }
    });
  });
}
