import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeMysql } from '../../support/mysql.ts';
import { mysqlContract } from './mysql-target.ts';
import { type Contract, refusal } from './target.ts';

/** Declaration, literal, value, then of the metadata: typeName, type, precision, scale, isSigned. */
const COLUMNS = [
  ['tinyint(1)', '1', { booleanValue: true }, 'TINYINT', -7, 3, 0, false],
  ['tinyint', '-5', { longValue: -5 }, 'TINYINT', -6, 3, 0, true],
  ['tinyint unsigned', '200', { longValue: 200 }, 'TINYINT UNSIGNED', -6, 3, 0, false],
  ['smallint', '-300', { longValue: -300 }, 'SMALLINT', 5, 5, 0, true],
  ['mediumint unsigned', '16777215', { longValue: 16777215 }, 'MEDIUMINT UNSIGNED', 4, 8, 0, false],
  ['int', '-7', { longValue: -7 }, 'INT', 4, 10, 0, true],
  ['int unsigned', '4294967295', { longValue: 4294967295 }, 'INT UNSIGNED', 4, 10, 0, false],
  ['bigint', '-9007199254740991', { longValue: -9007199254740991 }, 'BIGINT', -5, 19, 0, true],
  ['bigint unsigned', '9007199254740991', { longValue: 9007199254740991 }, 'BIGINT UNSIGNED', -5, 20, 0, false],
  ['float', '1.1', { doubleValue: 1.1 }, 'FLOAT', 7, 12, 0, true],
  ['double', '0.1', { doubleValue: 0.1 }, 'DOUBLE', 8, 22, 0, true],
  ['decimal(10, 4)', '1.5', { stringValue: '1.5000' }, 'DECIMAL', 3, 10, 4, true],
  ['decimal(6) unsigned', '7', { stringValue: '7' }, 'DECIMAL UNSIGNED', 3, 6, 0, false],
  ['bit(1)', "b'1'", { booleanValue: true }, 'BIT', -7, 1, 0, false],
  ['bit(8)', '5', { blobValue: [5] }, 'BIT', -3, 8, 0, false],
  ['year', '2024', { stringValue: '2024' }, 'YEAR', 91, 4, 0, false],
  ['date', "'2024-01-02'", { stringValue: '2024-01-02' }, 'DATE', 91, 10, 0, false],
  ['time', "'-838:59:58'", { stringValue: '-838:59:58' }, 'TIME', 92, 10, 0, false],
  ['time(3)', "'10:00:00.5'", { stringValue: '10:00:00.500' }, 'TIME', 92, 14, 3, false],
  ['datetime', "'2024-01-02 03:04:05'", { stringValue: '2024-01-02 03:04:05' }, 'DATETIME', 93, 19, 0, false],
  ['datetime(6)', "'2024-01-02 03:04:05.25'", { stringValue: '2024-01-02 03:04:05.250' }, 'DATETIME', 93, 26, 6, false],
  ['timestamp', "'2024-01-02 03:04:05'", { stringValue: '2024-01-02 03:04:05' }, 'TIMESTAMP', 93, 19, 0, false],
  ['char(10)', "'ä'", { stringValue: 'ä' }, 'CHAR', 1, 10, 0, false],
  ['varchar(100)', "'ä'", { stringValue: 'ä' }, 'VARCHAR', 12, 100, 0, false],
  ['tinytext', "'x'", { stringValue: 'x' }, 'TINYTEXT', -1, 255, 0, false],
  ['text', "'x'", { stringValue: 'x' }, 'TEXT', -1, 65535, 0, false],
  ['mediumtext', "'x'", { stringValue: 'x' }, 'MEDIUMTEXT', -1, 16777215, 0, false],
  ['longtext', "'x'", { stringValue: 'x' }, 'LONGTEXT', -1, 1073741823, 0, false],
  ['binary(2)', "x'00ff'", { blobValue: [0, 255] }, 'BINARY', -2, 2, 0, false],
  ['varbinary(4)', "x'00ff'", { blobValue: [0, 255] }, 'VARBINARY', -3, 4, 0, false],
  ['tinyblob', "x'00ff'", { blobValue: [0, 255] }, 'TINYBLOB', -4, 255, 0, false],
  ['blob', "x'00ff'", { blobValue: [0, 255] }, 'BLOB', -4, 65535, 0, false],
  ['mediumblob', "x'00ff'", { blobValue: [0, 255] }, 'MEDIUMBLOB', -4, 16777215, 0, false],
  ['longblob', "x'00ff'", { blobValue: [0, 255] }, 'LONGBLOB', -4, 2147483647, 0, false],
  ["enum('one', 'three')", "'three'", { stringValue: 'three' }, 'ENUM', 1, 5, 0, false],
  ["set('p', 'q')", "'p,q'", { stringValue: 'p,q' }, 'SET', 1, 3, 0, false],
  ['json', `'{"a": [1]}'`, { stringValue: '{"a": [1]}' }, 'JSON', -1, 2147483647, 0, false],
] as const;

describeMysql('types of MySQL', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await mysqlContract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  test('values and metadata of every type', async () => {
    await api.execute(
      `create table every (${COLUMNS.map(([declared], at) => `c${at} ${declared} null`).join()}) charset latin1`,
    );
    await api.execute(`insert into every values (${COLUMNS.map(([, literal]) => literal).join()})`);
    const { records, columnMetadata } = await api.execute('select * from every', { includeResultMetadata: true });
    COLUMNS.forEach(([declared, , value, typeName, type, precision, scale, isSigned], at) => {
      const found = records?.[0]?.[at];
      const plain = found?.blobValue ? { blobValue: [...found.blobValue] } : found;
      expect(plain, declared).toEqual(value);
      expect(columnMetadata?.[at], declared).toMatchObject({ typeName, type, precision, scale, isSigned, nullable: 1 });
    });
  });

  test('where a column comes from', async () => {
    await api.execute('create table origin (id int unsigned auto_increment primary key, name varchar(20))');
    const described = await api.execute('select o.id, o.name as label, 1 + 1 n from origin o', {
      includeResultMetadata: true,
    });
    expect(described.columnMetadata).toMatchObject([
      { name: 'id', label: 'id', tableName: 'origin', schemaName: '', isAutoIncrement: true, nullable: 0 },
      { name: 'name', label: 'label', tableName: 'origin', schemaName: '', isAutoIncrement: false, nullable: 1 },
      { name: 'n', label: 'n', tableName: '', typeName: 'BIGINT', isAutoIncrement: false },
    ]);
  });

  test.each(['point(1, 2)', "st_geomfromtext('linestring(0 0, 1 1)')"])('%s is refused, but as text', async shape => {
    expect(await refusal(api.execute(`select ${shape}`))).toBe(
      'UnsupportedResultException: The result contains the unsupported data type GEOMETRY.',
    );
    expect((await api.value(`select st_astext(${shape})`))?.stringValue).toBeDefined();
  });

  test('an unsigned bigint is exact as text', async () => {
    const resultSetOptions = { longReturnType: 'STRING' } as const;
    expect(await api.value('select cast(18446744073709551615 as unsigned)', { resultSetOptions })).toEqual({
      stringValue: '18446744073709551615',
    });
  });
});

describeMysql('generatedFields of MySQL', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await mysqlContract();
    await api.execute('create table numbered (id bigint auto_increment primary key, a int unique)');
    await api.execute('create table plain (a int)');
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const set = (a: number) => [{ name: 'a', value: { longValue: a } }];

  test('hold the id of an INSERT, in a batch one a set', async () => {
    const { generatedFields, records, numberOfRecordsUpdated } = await api.execute(
      'insert into numbered (a) values (1)',
    );
    expect({ generatedFields, records, numberOfRecordsUpdated }).toEqual({
      generatedFields: [{ longValue: 1 }],
      records: undefined,
      numberOfRecordsUpdated: 1,
    });
    const { updateResults } = await api.batch('insert into numbered (a) values (:a)', {
      parameterSets: [set(2), set(3)],
    });
    expect(updateResults).toEqual([{ generatedFields: [{ longValue: 2 }] }, { generatedFields: [{ longValue: 3 }] }]);
  });

  test('are empty where no number was made', async () => {
    expect((await api.execute('insert into plain values (1)')).generatedFields).toEqual([]);
    expect((await api.execute('update numbered set a = a + 100')).generatedFields).toEqual([]);
    expect((await api.batch('insert into plain values (:a)', { parameterSets: [set(1)] })).updateResults).toEqual([
      { generatedFields: [] },
    ]);
  });
});

describeMysql('parameters of MySQL', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await mysqlContract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const p = (value: object, typeHint?: string) => ({ parameters: [{ name: 'p', value, typeHint }] as never });

  test.each([
    ['select :p', { longValue: 5 }, { longValue: 5 }],
    ['select :p', { longValue: -9007199254740991 }, { longValue: -9007199254740991 }],
    ['select :p << 2', { longValue: 1 }, { longValue: 4 }],
    ["select :p member of('[1, 2, 3]')", { longValue: 1 }, { longValue: 1 }],
    ["select json_object('a', :p)", { longValue: 5 }, { stringValue: '{"a": 5}' }],
    ['select json_type(json_extract(json_array(:p), "$[0]"))', { longValue: 5 }, { stringValue: 'INTEGER' }],
    ['select json_type(json_extract(json_array(:p), "$[0]"))', { doubleValue: 5 }, { stringValue: 'DOUBLE' }],
    ['select json_type(json_extract(json_array(:p), "$[0]"))', { stringValue: '5' }, { stringValue: 'STRING' }],
    ['select :p + 1', { doubleValue: 0.5 }, { doubleValue: 1.5 }],
    ['select :p + 1', { booleanValue: true }, { longValue: 2 }],
    ['select hex(:p)', { blobValue: new Uint8Array([1, 255]) }, { stringValue: '01FF' }],
  ])('%s of %j', async (sql, value, expected) => {
    expect(await api.value(sql, p(value))).toEqual(expected);
  });

  test('a number fits into bits, and limits rows', async () => {
    await api.execute('create table bits (b bit(8))');
    await api.execute('insert into bits values (:p)', p({ longValue: 255 }));
    expect(await api.value('select b + 0 from bits limit :p', p({ longValue: 1 }))).toEqual({ longValue: 255 });
  });

  const uuid = '00112233-4455-6677-8899-aabbccddeeff';

  test.each([
    ['UUID', uuid, 'select hex(:p)', { stringValue: '00112233445566778899AABBCCDDEEFF' }],
    ['DECIMAL', '0.1', 'select :p + 0.2 = 0.3', { longValue: 1 }],
    ['JSON', '{"a": 1}', "select json_extract(:p, '$.a')", { stringValue: '1' }],
    ['TIME', '10:00:00.5', 'select cast(:p as time(1))', { stringValue: '10:00:00.500' }],
    ['DATE', '2024-02-29', 'select cast(:p as date)', { stringValue: '2024-02-29' }],
  ])('a value of hint %s', async (hint, stringValue, sql, expected) => {
    expect(await api.value(sql, p({ stringValue }, hint))).toEqual(expected);
  });

  test.each([
    ['TIME', '09:00', 'Parse Error for Time: premature end of input'],
    ['TIMESTAMP', '2024-01-15T12:34:56Z', 'Parse Error for Timestamp: input contains invalid characters'],
    ['UUID', 'zz', 'The value of parameter p is not in the format of type hint UUID'],
    ['DECIMAL', '1,5', 'The value of parameter p is not in the format of type hint DECIMAL'],
    ['JSON', '{', 'The value of parameter p is not in the format of type hint JSON'],
  ])('a value of hint %s cannot be %j', async (hint, stringValue, problem) => {
    expect(await refusal(api.execute('select :p', p({ stringValue }, hint)))).toBe(`ValidationException: ${problem}`);
  });

  test('a number of more than 64 bits is refused', async () => {
    expect(await refusal(api.execute('select :p', p({ longValue: 2 ** 63 })))).toBe(
      'ValidationException: The value of parameter p is no integer of 64 bits',
    );
  });
});

describeMysql('sessions of MySQL', () => {
  test('leave spaces before the brackets of a function alone', async () => {
    await using api = await mysqlContract();
    expect((await api.value('select @@sql_mode'))?.stringValue).not.toMatch(/IGNORE_SPACE/);
  });
});
