import { describe, expect, it } from 'vitest';
import { parseOperatorRequest, parseStartInput } from '../../../core/spec/inputs.ts';

describe('the input that starts a rollout', () => {
  it('takes a rollout and an image', () => {
    expect(parseStartInput({ rollout: 'checkout', image: 'v2' })).toEqual({
      ok: true,
      input: { rollout: 'checkout', image: 'v2' },
      image: { tag: 'v2' },
    });
  });

  it('may force a quarantined image, by a person and for a reason', () => {
    const value = {
      rollout: 'checkout',
      image: 'v2',
      force: { by: 'ada', why: 'the database is back' },
      actor: { kind: 'person', id: 'ada' },
    };
    expect(parseStartInput(value)).toMatchObject({ ok: true, input: value });
  });

  it.each([
    [
      'a mistyped key',
      { rollout: 'checkout', imgae: 'v2' },
      { code: 'unknownKey', path: 'imgae', hint: 'did you mean `image`?', expected: 'one of rollout, image, force or actor' },
    ],
    [
      'no image',
      { rollout: 'checkout' },
      { code: 'missing', path: 'image', hint: 'The new image: a tag (v2), a digest, or a full reference' },
    ],
    ['no rollout of that name', { rollout: 'Check Out', image: 'v2' }, { code: 'wrongFormat', path: 'rollout', found: '"Check Out"' }],
    [
      'no image of that form',
      { rollout: 'checkout', image: 'sha256:12' },
      { code: 'rule', path: 'image', found: '"sha256:12"', expected: 'a tag, a digest (sha256:…) or a full image reference' },
    ],
    [
      'force without a reason',
      { rollout: 'checkout', image: 'v2', force: { by: 'ada' } },
      { code: 'missing', path: 'force.why', found: 'nothing' },
    ],
    [
      'force as a switch',
      { rollout: 'checkout', image: 'v2', force: true },
      { path: 'force', found: 'true', expected: 'a mapping with by, why' },
    ],
    ['text', '{}', { code: 'wrongType', path: '', found: '"{}"' }],
    ['nothing', undefined, { code: 'missing', path: '', found: 'nothing' }],
    ['another prototype', JSON.parse('{"rollout":"checkout","image":"v2","__proto__":{}}'), { code: 'unknownKey', path: '__proto__' }],
  ])('P4: is refused with a reason: %s', (_, value, problem) => {
    const parsed = parseStartInput(value);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? [] : parsed.problems).toMatchObject([{ file: 'start input', ...problem }]);
  });
});

describe('what an operator asks', () => {
  it.each(['abort', 'pause', 'resume', 'promote'])('may be to %s', (action) => {
    const request = { rollout: 'checkout', action, by: 'ada', why: 'errors in the log' };
    expect(parseOperatorRequest(request)).toEqual({ ok: true, request });
  });

  it('needs no name and no reason: the door knows the identity', () => {
    expect(parseOperatorRequest({ rollout: 'checkout', action: 'abort' }).ok).toBe(true);
  });

  it('P4: is refused with a hint where the action is mistyped', () => {
    expect(parseOperatorRequest({ rollout: 'checkout', action: 'abrot' })).toMatchObject({
      ok: false,
      problems: [
        {
          file: 'operator request',
          path: 'action',
          found: '"abrot"',
          expected: 'one of abort, pause, resume or promote',
          hint: 'did you mean `abort`?',
        },
      ],
    });
  });
});
