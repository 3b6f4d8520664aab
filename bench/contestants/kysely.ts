import { promises as fs } from 'node:fs';
import path from 'node:path';
import { RDSData } from '@aws-sdk/client-rds-data';
import { FileMigrationProvider, Kysely, Migrator } from 'kysely';
import { DataApiDialect } from 'kysely-data-api';
import { versionOf } from '../versions.ts';
import type { Contestant } from './contestant.ts';
import { pretendKysely, writeKysely } from './kysely-files.ts';

export const kysely: Contestant = {
  name: 'kysely',
  title: `kysely ${versionOf('kysely')} with kysely-data-api ${versionOf('kysely-data-api')}`,
  prepare: async (folder, { applied, pending }) => writeKysely(folder, [...applied, ...pending]),
  pretend: (_, applied) => pretendKysely(applied),
  async run({ resourceArn, secretArn, database, endpoint, region, credentials, engine }, folder) {
    const client = new RDSData({ endpoint, region, credentials });
    const mode = engine === 'mysql' ? 'mysql' : 'postgres';
    const db = new Kysely({
      dialect: new DataApiDialect({ mode, driver: { client, database, secretArn, resourceArn } }),
    });
    const provider = new FileMigrationProvider({ fs, path, migrationFolder: folder });
    const { error } = await new Migrator({ db, provider }).migrateToLatest();
    await db.destroy();
    client.destroy();
    if (error) throw error;
  },
};
