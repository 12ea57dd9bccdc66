import { createMemoryStore } from '../../../adapters/store/memory.ts';
import { expiringStoreContract } from '../../contract/expiring-store.ts';
import { rolloutStoreContract } from '../../contract/rollout-store.ts';

rolloutStoreContract('the memory store', () => createMemoryStore());
expiringStoreContract('the memory store', createMemoryStore);
