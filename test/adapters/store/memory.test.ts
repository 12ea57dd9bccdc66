import { createMemoryStore } from '../../../adapters/store/memory.ts';
import { rolloutStoreContract } from '../../contract/rollout-store.ts';

rolloutStoreContract('the memory store', createMemoryStore);
