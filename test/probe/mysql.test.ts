import { expect, test } from 'vitest';
import { DEFAULTS } from '../../lib/local/mysql/switches.ts';
import { type Settings, settingsOf } from '../../probe/conclude.ts';
import { describeMysql } from '../support/mysql.ts';
import { killAtEveryCall, numbered, probeLocal, refuseForeign } from './support.ts';

const SHARED = { idleWhileRunning: false, tooLargeEndsTransaction: false };

const SETTINGS: Settings[] = [
  {
    switches: SHARED,
    mysql: { switches: DEFAULTS, scanner: { backslashes: false, hashes: false, backticks: false } },
  },
  {
    switches: { idleWhileRunning: true, tooLargeEndsTransaction: true },
    mysql: {
      switches: {
        ...DEFAULTS,
        transactionAfterDdl: 'gone',
        commitAndChain: 'refused',
        callRows: false,
        errors: 'driver',
      },
      scanner: { backslashes: true, hashes: true, backticks: true },
    },
  },
];

// One file, for on MySQL the schema of a probe is a database of the server, of which there is one for all files.
describeMysql('MySQL', () => {
  test.each(SETTINGS)('finds the switches of a local Data API, and then no difference: %j', async settings => {
    const { conclusions, differences } = await probeLocal('mysql', settings);
    expect(settingsOf(conclusions)).toEqual(settings);
    expect(differences).toEqual([]);
  });

  test.each(['code', 'message'] as const)('the wording "%s", and routines that are refused', async errors => {
    const mysql = { switches: { ...DEFAULTS, errors, unprepared: 'refused' } } as const;
    const { conclusions, differences } = await probeLocal('mysql', { mysql }, numbered('mysql', 2, 3, 4));
    // Without a procedure nothing can be said of the rows of a CALL.
    const { callRows: _, ...switches } = mysql.switches;
    expect(settingsOf(conclusions).mysql?.switches).toEqual(switches);
    expect(differences).toEqual([]);
  });

  test(
    'a run that was killed at any call leaves nothing that the next one does not remove',
    () => killAtEveryCall('mysql', numbered('mysql', 3, 4)),
    240_000,
  );

  test('a database of that name which no probe has made is refused', () => refuseForeign('mysql'));
});
