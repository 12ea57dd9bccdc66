import type { Providers } from '../define-function.ts';
import { lazily } from './lazily.ts';

export const provideImages: Providers<'images'> = {
  images: () => {
    const registry = lazily(async () => {
      const { createEcrRegistry, ECRClient } = await import('../../adapters/images/ecr.ts');
      return createEcrRegistry((region) => new ECRClient({ region }));
    });
    return {
      resolve: async (repository, reference) => (await registry()).resolve(repository, reference),
      pushedSince: async (repository, sinceMs) => (await registry()).pushedSince(repository, sinceMs),
    };
  },
};
