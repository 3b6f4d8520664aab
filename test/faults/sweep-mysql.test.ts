import { SWEPT } from '../support/sweep.ts';
import { sweepMysql } from './mysql.ts';

sweepMysql({ how: 'with the procedure', witness: true, faults: SWEPT });
