import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutCredentials } from '../../core/without-credentials.ts';

const session = 'IQoJb3JpZ2luX2VjEAoaCWV1LXdlc3QtMSJHMEUCIQ+/x==';

describe('a text without credentials', () => {
  it.each([
    [
      'the canonical request that AWS expected',
      `The Canonical String for this request should have been\n'POST\n/\n\nhost:sts\nx-amz-security-token:${session}\nx-amz-target:a.B'`,
      "The Canonical String for this request should have been\n'POST\n/\n\nhost:sts\nx-amz-security-token:…\nx-amz-target:a.B'",
    ],
    ['the same within JSON', `{"m":"host:sts\\nx-amz-security-token:${session}\\nx"}`, '{"m":"host:sts\\nx-amz-security-token:…\\nx"}'],
    ['headers as JSON', `{"X-Amz-Security-Token": "${session}", "a": 1}`, '{"X-Amz-Security-Token": "…", "a": 1}'],
    ['headers as JSON in JSON', `{\\"x-amz-security-token\\":\\"${session}\\"}`, '{\\"x-amz-security-token\\":\\"…\\"}'],
    ['slashes that are escaped', '"x-amz-security-token":"abc\\/def"', '"x-amz-security-token":"…"'],
    [
      'a presigned URL',
      'https://sts/?X-Amz-Security-Token=IQoJb3%2F&X-Amz-Expires=60',
      'https://sts/?X-Amz-Security-Token=…&X-Amz-Expires=60',
    ],
    [
      'a signature',
      'AWS4-HMAC-SHA256 Credential=AKID/x, SignedHeaders=host, Signature=4f232c4386841ef735655705268965c44a0e4690',
      'AWS4-HMAC-SHA256 Credential=AKID/x, SignedHeaders=host, Signature=…',
    ],
    ['a bearer token', 'authorization: Bearer k8s-aws-v1.aHR0cHM6Ly9zdHM_-', 'authorization: Bearer …'],
    ['a user and a password', 'Authorization: Basic c2x1aWNlOnRoZS1wYXNzd29yZA==', 'Authorization: Basic …'],
    ['a token of EKS', 'system sent k8s-aws-v1.aHR0cHM6Ly9zdHM_-.', 'system sent k8s-aws-v1.….'],
  ])('has no %s', (_, text, expected) => {
    expect(withoutCredentials(text)).toBe(expected);
  });

  it.each([
    '',
    'The security token included in the request is invalid.',
    'Basic auth is needed; Bearer of bad news.',
    'Could not patch virtualservices shop/checkout in cluster shop: the API answered 503, busy.',
    'The request signature we calculated does not match the signature you provided.',
  ])('is the same where there are none: %s', (text) => {
    expect(withoutCredentials(text)).toBe(text);
  });

  it('is without them wherever they stand', () => {
    const token = fc.stringMatching(/^[A-Za-z0-9+/=_-]{20,200}$/);
    fc.assert(
      fc.property(fc.string(), token, fc.string(), (before, secret, behind) => {
        const text = `${before}\nx-amz-security-token:${secret}\n${behind}`;
        expect(withoutCredentials(text)).not.toContain(`x-amz-security-token:${secret}`);
      }),
    );
  });
});
