import { DataSource, EntitySchema, type MigrationInterface, type QueryRunner } from 'typeorm';
import type { Client, Engine, Target } from '../client.ts';
import { testLibrary } from '../contract.ts';
import { createNotes, createSamples, SAMPLE } from '../tables.ts';

const Note = new EntitySchema<{ id: number; title: string }>({
  name: 'notes',
  columns: { id: { type: Number, primary: true, generated: 'increment' }, title: { type: String, unique: true } },
});

async function open({ endpoint, credentials, engine, ...target }: Target): Promise<Client> {
  const { region, resourceArn, secretArn, database } = target;
  const Sample = samples(engine);
  const source = new DataSource({
    type: engine === 'mysql' ? 'aurora-mysql' : 'aurora-postgres',
    ...{ region, resourceArn, secretArn, database },
    serviceConfigOptions: { endpoint, credentials },
    entities: [Note, Sample],
    migrations: migrations(engine),
  } as ConstructorParameters<typeof DataSource>[0]);
  await source.initialize();
  const notes = source.getRepository(Note);
  return {
    migrate: async () => void (await source.runMigrations()),
    insert: async title => (await notes.save({ title })).id,
    insertBatch: async titles => void (await notes.insert(titles.map(title => ({ title })))),
    insertInTransaction: titles =>
      source.transaction(async within => {
        for (const title of titles) await within.getRepository(Note).save({ title });
      }),
    rename: async (title, to) => void (await notes.update({ title }, { title: to })),
    remove: async title => void (await notes.delete({ title })),
    titles: async () => (await notes.find()).map(({ title }) => title).sort(),
    async sample() {
      await source.getRepository(Sample).insert({ ...SAMPLE, nothing: undefined, at: new Date(`${SAMPLE.at}Z`) });
      return (await source.getRepository(Sample).findOneByOrFail({ id: 1 })) as Record<string, unknown>;
    },
    errorOf: thrown => thrown as Error,
    close: () => source.destroy(),
  };
}

function samples(engine: Engine) {
  return new EntitySchema<Record<string, unknown>>({
    name: 'samples',
    columns: {
      id: { type: 'int', primary: true },
      big: { type: 'bigint' },
      amount: { type: 'numeric', precision: 12, scale: 4 },
      ratio: { type: 'double precision' },
      flag: { type: 'boolean' },
      label: { type: 'text' },
      document: { type: engine === 'mysql' ? 'json' : 'jsonb' },
      day: { type: 'date' },
      at: { type: engine === 'mysql' ? 'datetime' : 'timestamp', precision: 3 },
      bytes: { type: engine === 'mysql' ? 'varbinary' : 'bytea' },
      nothing: { type: 'text', nullable: true },
    },
  });
}

/** A class a migration, whose name ends in a time. */
function migrations(engine: Engine): (new () => MigrationInterface)[] {
  const creating = (name: string, sql: string) =>
    class implements MigrationInterface {
      readonly name = name;
      async up(runner: QueryRunner): Promise<void> {
        await runner.query(sql);
      }
      async down(): Promise<void> {}
    };
  return [creating('Notes1700000000001', createNotes(engine)), creating('Samples1700000000002', createSamples(engine))];
}

const read = { ...SAMPLE, at: new Date(`${SAMPLE.at}Z`), bytes: new Uint8Array(SAMPLE.bytes) };

// On MySQL it casts to DATETIME, which rounds to whole seconds.
const rounded = { ...read, at: new Date('2024-02-29T12:34:57Z') };

testLibrary({ name: 'typeorm-aurora-data-api-driver', open, reads: { postgresql: read, mysql: rounded } });
