import { SWEPT } from '../support/sweep.ts';
import { sweepMysql } from './mysql.ts';

sweepMysql('with the procedure', true, SWEPT);
