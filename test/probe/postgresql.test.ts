import { describe, expect, test } from 'vitest';
import { SWITCHES } from '../../lib/local/options.ts';
import { type Settings, settingsOf } from '../../probe/conclude.ts';
import { DATABASES, SCHEMA } from '../../probe/place.ts';
import { probeService } from '../../probe/probe.ts';
import { killAtEveryCall, numbered, openPlace, probeLocal, refuseForeign } from './support.ts';

const SETTINGS: Settings[] = [
  { switches: SWITCHES, scanner: { backslashes: false, nestedComments: false } },
  {
    switches: {
      commitAfterError: 'error',
      tooLargeEndsTransaction: true,
      idleWhileRunning: true,
      detail: false,
      unterminatedDollarQuote: 'error',
      where: true,
      repeatedNames: 'shared',
      timetz: 'returned',
      voids: 'refused',
      oid: 'long',
      resultSize: 'json',
    },
    scanner: { backslashes: true, nestedComments: true },
  },
];

test.each(SETTINGS)('finds the switches of a local Data API, and then no difference: %j', async settings => {
  const { conclusions, differences } = await probeLocal('postgresql', settings);
  expect(settingsOf(conclusions)).toEqual(settings);
  expect(differences).toEqual([]);
});

test(
  'a run that was killed at any call leaves nothing that the next one does not remove',
  () => killAtEveryCall('postgresql', numbered('postgresql', 7, 8)),
  240_000,
);

describe('what no probe has made is refused', () => {
  test('a schema of that name', () => refuseForeign('postgresql'));

  test("a table of somebody else's in a schema that a probe made", async () => {
    await using place = await openPlace('postgresql');
    await place.ask(`create schema ${SCHEMA} create table made_by_probe (id int) create table orders (id int)`);
    await expect(probeService(place.api, [])).rejects.toThrow(/holds orders/);
    expect(await place.left()).toEqual([SCHEMA]);
  });

  test('a database of the names of --databases, where it holds a table; an empty one is removed', async () => {
    // On a server of its own: the tests beside this one would meet them.
    await using place = await openPlace('postgresql', {});
    const [left, foreign] = [`${DATABASES}6`, `${DATABASES}7`];
    for (const database of [left, foreign]) await place.ask(`create database ${database}`);
    await place.ask('create table orders (id int)', foreign);
    await expect(probeService(place.api, [])).rejects.toThrow(`${foreign} exists, and holds 1 table`);
    await place.ask('drop table orders', foreign);
    await probeService(place.api, []);
    expect(await place.ask(`select datname::text from pg_database where datname like '${SCHEMA}%'`)).toEqual([]);
  });
});
