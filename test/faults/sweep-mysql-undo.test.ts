import { KINDS } from '../support/sweep.ts';
import { sweepUndoing } from './mysql.ts';

sweepUndoing({ how: 'with the procedure', witness: true, faults: KINDS });
sweepUndoing({ how: 'without the procedure', witness: false, faults: KINDS });
