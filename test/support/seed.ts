import fc from 'fast-check';
import { random, SEED } from '../faults/random.ts';

// Nothing that a test process draws differs from run to run: properties, the connections of a local Data API, the pauses before a call is repeated.
fc.configureGlobal({ seed: SEED });
Math.random = random();
