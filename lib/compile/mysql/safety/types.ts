import type { Clause } from './clause.ts';

/** A type in the form that MySQL keeps: `boolean` is `tinyint`, `decimal` is `decimal(10,0)`, `int(11)` is `int`. */
export interface ColumnType {
  readonly name: string;
  /** Length, precision, or the values of an ENUM or SET. */
  readonly args: readonly string[];
  readonly unsigned: boolean;
  readonly zerofill: boolean;
}

const SYNONYMS: Readonly<Record<string, string>> = {
  bool: 'tinyint',
  boolean: 'tinyint',
  int1: 'tinyint',
  int2: 'smallint',
  int3: 'mediumint',
  middleint: 'mediumint',
  integer: 'int',
  int4: 'int',
  int8: 'bigint',
  serial: 'bigint',
  dec: 'decimal',
  numeric: 'decimal',
  fixed: 'decimal',
  real: 'double',
  float4: 'float',
  float8: 'double',
  character: 'char',
  nchar: 'char',
  nvarchar: 'varchar',
  varcharacter: 'varchar',
  long: 'mediumtext',
  geomcollection: 'geometrycollection',
};

const INTEGER = /^(tiny|small|medium|big)?int$/;

/** The type that stands at a place, and the place behind it. */
export function typeAt(clause: Clause, from: number): { type: ColumnType; next: number; national: boolean } {
  let at = from;
  const national = clause.has(at, 'national') || /^(nchar|nvarchar)$/.test(clause.sign(at));
  if (clause.has(at, 'national')) at++;
  const word = clause.sign(at++);
  let name = SYNONYMS[word] ?? word;
  if (word === 'double' && clause.has(at, 'precision')) at++;
  if (word === 'long' && /^(varchar|varbinary)$/.test(clause.sign(at)))
    name = clause.sign(at++) === 'varchar' ? 'mediumtext' : 'mediumblob';
  if (/^n?char/.test(word) && clause.has(at, 'varying')) {
    name = 'varchar';
    at++;
  }
  let args: string[] = [];
  if (clause.has(at, '(')) {
    const group = clause.group(at);
    args = group.words.flatMap(({ sign }, index) => (sign === ',' ? [] : [group.value(index)]));
    at = clause.afterGroup(at);
  }
  let unsigned = word === 'serial';
  let zerofill = false;
  for (; /^(unsigned|signed|zerofill)$/.test(clause.sign(at)); at++) {
    unsigned ||= !clause.has(at, 'signed');
    zerofill ||= clause.has(at, 'zerofill');
  }
  return { type: { ...settled(name, args), unsigned, zerofill }, next: at, national };
}

function settled(name: string, args: readonly string[]): Pick<ColumnType, 'name' | 'args'> {
  if (INTEGER.test(name) || name === 'year') return { name, args: [] };
  if (name === 'float' && args.length === 1) return { name: Number(args[0]) > 24 ? 'double' : 'float', args: [] };
  if (name === 'decimal') return { name, args: [args[0] ?? '10', args[1] ?? '0'] };
  if (/^(char|binary|bit)$/.test(name)) return { name, args: [args[0] ?? '1'] };
  if (/^(datetime|timestamp|time)$/.test(name) && args[0] === '0') return { name, args: [] };
  return { name, args };
}

const TEXTS = /^((var)?char|(tiny|medium|long)?text|enum|set)$/;

/** Whether its values are text in a character set. */
export function isText({ name }: ColumnType): boolean {
  return TEXTS.test(name);
}

/** `varchar(50)`, `int unsigned`. */
export function showType({ name, args, unsigned, zerofill }: ColumnType): string {
  const list = /^(enum|set)$/.test(name) ? args.map(arg => `'${arg}'`) : args;
  const shown = list.length > 6 ? [...list.slice(0, 5), '…'] : list;
  return `${name}${shown.length > 0 ? `(${shown.join(',')})` : ''}${unsigned ? ' unsigned' : ''}${zerofill ? ' zerofill' : ''}`;
}

/** Whether a column of one type becomes one of the other without a copy of the table. `bytes`: of a character, before and after. */
export function isWiderInPlace(from: ColumnType, to: ColumnType, bytes: readonly [number, number]): boolean {
  if (from.unsigned !== to.unsigned || from.zerofill !== to.zerofill || from.name !== to.name) return false;
  if (from.name === 'varchar' || from.name === 'varbinary') {
    const [old, wanted] = [from, to].map(({ args }) => Number(args[0])) as [number, number];
    const each = from.name === 'varchar' ? bytes : ([1, 1] as const);
    // A value up to 255 bytes has one byte for its length, a longer one two.
    return wanted >= old && old * each[0] > 255 === wanted * each[1] > 255;
  }
  if (from.name === 'enum' || from.name === 'set') {
    const begins = from.args.every((value, at) => to.args[at] === value);
    return begins && storage(from) === storage(to);
  }
  return from.args.join() === to.args.join();
}

/** Bytes that a value of an ENUM or SET takes. */
function storage({ name, args }: ColumnType): number {
  if (name === 'enum') return args.length > 255 ? 2 : 1;
  const bytes = Math.ceil(args.length / 8);
  return bytes > 4 ? 8 : bytes;
}
