import { SWEPT } from '../support/sweep.ts';
import { sweepMysql } from './mysql.ts';

sweepMysql({ how: 'COMMIT AND CHAIN executed', chains: true, faults: SWEPT });
