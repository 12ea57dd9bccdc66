import { describeRandom } from './describe-random.ts';

describeRandom(1);
