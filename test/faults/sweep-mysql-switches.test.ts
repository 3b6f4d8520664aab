import { KINDS } from '../support/sweep.ts';
import { sweepMysql } from './mysql.ts';

// What nobody has measured of the service, as it may be too.
const gone = { transactionAfterDdl: 'gone' } as const;
sweepMysql({ how: 'where DDL ends transactions', witness: true, faults: KINDS, switches: gone });
// Five times as many calls: what was sent and is not heard of.
const lost = KINDS.filter(({ when }) => when !== 'before');
sweepMysql({ how: 'where DDL ends transactions, plainly', witness: false, faults: lost, switches: gone });
sweepMysql({ how: 'no rows of a CALL', witness: true, faults: KINDS, switches: { callRows: false } });
