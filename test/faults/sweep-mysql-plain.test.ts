import { KINDS } from '../support/sweep.ts';
import { sweepMysql } from './mysql.ts';

// Three times as many calls: one fault of each kind here, the others in a file of their own, at the same time.
sweepMysql({ how: 'without the procedure', witness: false, faults: KINDS });
