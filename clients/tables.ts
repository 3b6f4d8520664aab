import type { Engine } from './client.ts';

/** A note has a unique title: a duplicate is the error that is provoked. */
export function createNotes(engine: Engine): string {
  const id = engine === 'mysql' ? 'int auto_increment primary key' : 'serial primary key';
  return `create table notes (id ${id}, title varchar(80) not null unique)`;
}

/** One column a type that applications use. */
export function createSamples(engine: Engine): string {
  const [json, timestamp, bytes] =
    engine === 'mysql' ? ['json', 'datetime(3)', 'varbinary(20)'] : ['jsonb', 'timestamp(3)', 'bytea'];
  return `create table samples (id int primary key, big bigint, amount numeric(12,4), ratio double precision, flag boolean, label text,
    document ${json}, day date, at ${timestamp}, bytes ${bytes}, nothing text)`;
}

/** The row that each library writes and reads back. */
export const SAMPLE = {
  id: 1,
  big: 9_007_199_254_740_991,
  amount: '12345678.1200',
  ratio: 0.1,
  flag: true,
  label: "it's :here, “quoted” — 日本",
  document: { a: [1, 'two', null], b: { c: true } },
  day: '2024-02-29',
  at: '2024-02-29 12:34:56.789',
  bytes: Buffer.from([0, 1, 127, 255]),
  nothing: null,
} as const;

export const COLUMNS = Object.keys(SAMPLE) as (keyof typeof SAMPLE)[];
