import { kubernetesApiContract } from '../contract/kubernetes-api.ts';
import { FakeKubernetes } from './kubernetes-api.ts';

kubernetesApiContract('the fake cluster', async () => ({ api: new FakeKubernetes(), namespace: 'contract' }));
