import { KINDS } from '../support/sweep.ts';
import { sweepMysql } from './mysql.ts';

// Three times as many calls: one fault of each kind at all of them.
sweepMysql({ how: 'without the procedure', witness: false, faults: KINDS, few: 6 });
