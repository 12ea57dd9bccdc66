import { describeRandom } from './describe-random.ts';

describeRandom(2);
