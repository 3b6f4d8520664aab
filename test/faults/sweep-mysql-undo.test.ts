import { KINDS } from '../support/sweep.ts';
import { sweepUndoing } from './mysql.ts';

sweepUndoing({ how: 'COMMIT AND CHAIN executed', chains: true, faults: KINDS });
sweepUndoing({ how: 'COMMIT AND CHAIN refused', chains: false, faults: KINDS });
