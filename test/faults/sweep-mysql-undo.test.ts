import { KINDS } from '../support/sweep.ts';
import { sweepUndoing } from './mysql.ts';

sweepUndoing({ how: 'with the procedure', witness: true, faults: KINDS, few: 3 });
sweepUndoing({ how: 'without the procedure', witness: false, faults: KINDS, few: 3 });
