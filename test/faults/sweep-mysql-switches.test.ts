import { KINDS } from '../support/sweep.ts';
import { sweepMysql } from './mysql.ts';

// What nobody has measured of the service, as it may be too.
const gone = { transactionAfterDdl: 'gone', errors: 'message' } as const;
sweepMysql({ how: 'COMMIT AND CHAIN refused', chains: false, faults: KINDS, switches: { errors: 'code' } });
sweepMysql({ how: 'where DDL ends transactions', chains: true, faults: KINDS, switches: gone });
const driver = { ...gone, errors: 'driver' } as const;
sweepMysql({
  how: 'where DDL ends transactions, COMMIT AND CHAIN refused',
  chains: false,
  faults: KINDS,
  switches: driver,
});
