import { describeEdges } from './describe-edges.ts';

describeEdges({ share: 1, of: 2 });
