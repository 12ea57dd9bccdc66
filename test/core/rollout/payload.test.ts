import { describe, expect, it } from 'vitest';
import { abortablePayload, payloadVersion, rolloutPayload } from '../../../core/rollout/payload.ts';
import version1 from '../../data/upgrades/payload-v1.json' with { type: 'json' };
import version2 from '../../data/upgrades/payload-v2.json' with { type: 'json' };

const newer = { ...version2, payloadVersion: 3, newField: 1, door: { ...version2.door, newField: 1 } };

describe('a payload', () => {
  it('O6: of the present version is taken as it is; a change that this golden one does not survive needs a new version', () => {
    expect(version2.payloadVersion).toBe(payloadVersion);
    expect(rolloutPayload.parse(version2)).toEqual(version2);
  });

  it('O6: of the previous version is brought up to the present one, with all that travels in it', () => {
    const { door, ...rest } = version1;
    expect(rolloutPayload.parse(version1)).toEqual({ ...rest, payloadVersion, ticks: 0, door: { ...door, routerKind: 'istio' } });
  });

  it('O6: keeps what a later change of the same version has put into it', () => {
    const more = { ...version2, newField: 1, door: { ...version2.door, newField: { of: 2 } } };
    expect(rolloutPayload.parse(more)).toEqual(more);
  });

  it.each([
    ['a newer version', newer],
    ['a version before the previous one', { ...version1, payloadVersion: 0 }],
    ['no version', { ...version2, payloadVersion: undefined }],
  ])('of %s is refused, and the refusal says so', (_, payload) => {
    const parsed = rolloutPayload.safeParse(payload);
    expect(parsed.error?.issues[0]).toMatchObject({ path: ['payloadVersion'], message: expect.stringContaining('is not 2 or 1') });
  });

  it('of the previous version that lacks something is refused for what it lacks', () => {
    const { fence: _, ...torn } = version1;
    expect(rolloutPayload.safeParse(torn).error?.issues).toMatchObject([{ path: ['fence'] }]);
  });
});

describe('what the abort door reads of a payload', () => {
  it.each([
    ['the previous version', version1],
    ['the present version', version2],
    ['a newer version', newer],
  ])('of %s is where the traffic is', (_, payload) => {
    const { cluster, target, safeSide } = version2.door;
    expect(abortablePayload.parse(payload)).toMatchObject({
      rollout: 'checkout',
      rolloutId: 'checkout-000012',
      fence: 12,
      door: { cluster, routerKind: 'istio', target, safeSide },
    });
  });

  it('is no mesh that this version cannot steer', () => {
    expect(abortablePayload.safeParse({ ...newer, door: { ...newer.door, routerKind: 'tomorrow' } }).success).toBe(false);
  });
});
