import { describe, expect, it } from 'vitest';
import { parseImageReference } from '../../../core/spec/image-reference.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const repository = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout';

describe('an image, as somebody names it', () => {
  it.each([
    ['v2', { tag: 'v2' }],
    ['1.4.2-rc.1_x', { tag: '1.4.2-rc.1_x' }],
    [digest, { digest }],
    [`${repository}:v2`, { repository, tag: 'v2' }],
    [`${repository}@${digest}`, { repository, digest }],
    [`${repository}:v2@${digest}`, { repository, tag: 'v2', digest }],
    ['localhost:5000/checkout:v2', { repository: 'localhost:5000/checkout', tag: 'v2' }],
  ])('%s', (text, reference) => {
    expect(parseImageReference(text)).toEqual(reference);
  });

  it.each([
    ['nothing', ''],
    ['a repository alone', repository],
    ['a repository alone, its registry with a port', 'localhost:5000/checkout'],
    ['a digest cut short', 'sha256:1234'],
    ['a digest in capitals', digest.toUpperCase()],
    ['another algorithm', `md5:${'0'.repeat(32)}`],
    ['a tag that begins with a dot', '.v2'],
    ['a tag of 129 characters', 'x'.repeat(129)],
    ['an empty tag', `${repository}:`],
    ['two digests', `${repository}@${digest}@${digest}`],
    ['a space', 'v 2'],
    ['a line break', 'v2\n'],
    ['a command', 'v2;id'],
  ])('is not %s', (_, text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });
});
