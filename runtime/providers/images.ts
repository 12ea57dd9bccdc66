import { ECRClient } from '@aws-sdk/client-ecr';
import { createEcrRegistry } from '../../adapters/images/ecr.ts';
import type { Providers } from '../define-function.ts';

export const provideImages: Providers<'images'> = { images: () => createEcrRegistry((region) => new ECRClient({ region })) };
