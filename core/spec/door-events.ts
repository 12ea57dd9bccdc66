import * as z from 'zod/mini';

/**
 * What SNS gives to a Lambda: one record for each message, of which each is delivered at least once.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
export const snsEvent = z.looseObject({
  Records: z.array(
    z.looseObject({
      Sns: z.looseObject({
        MessageId: z.string(),
        Message: z.string(),
        Subject: z.nullish(z.string()),
        /** When it was published: `2026-01-05T03:00:00.000Z`. */
        Timestamp: z.string(),
      }),
    }),
  ),
});
export type SnsRecord = z.infer<typeof snsEvent>['Records'][number];

/**
 * What a Lambda function URL gives to its function: payload format 2.0. The names of headers are in lower case.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export const functionUrlEvent = z.looseObject({
  headers: z._default(z.record(z.string(), z.string()), {}),
  requestContext: z.looseObject({ http: z.looseObject({ method: z.string() }) }),
  body: z.optional(z.string()),
  isBase64Encoded: z._default(z.boolean(), false),
});
export type FunctionUrlEvent = z.infer<typeof functionUrlEvent>;
