import { KINDS, SWEPT } from '../support/sweep.ts';
import { sweepMysql } from './mysql.ts';

const rest = SWEPT.filter(fault => !KINDS.includes(fault));
sweepMysql({ how: 'without the procedure, the other faults', witness: false, faults: rest });
