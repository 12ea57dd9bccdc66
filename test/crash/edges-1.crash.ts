import { describeEdges } from './describe-edges.ts';

describeEdges({ share: 0, of: 2 });
