import { describe, expect, test } from 'vitest';
import { build } from '../../../lib/engine/postgresql/rehearsal/build.ts';
import { postgresqlSchema } from '../../../lib/engine/postgresql/schema/index.ts';
import { openScript } from '../../../lib/local/script.ts';
import { asSuperuser, freshDatabase } from '../../support/postgresql.ts';

describe('a copy on a server that lacks an extension', () => {
  test('names the extension, stands in for its types, and leaves out what needs more of it', async () => {
    await using database = await freshDatabase();
    // The superuser, because a copy is built by one: only he can make a type.
    const session = await openScript(asSuperuser(database.url));
    const { username } = new URL(database.url);
    try {
      const table = 'CREATE TABLE public.items (id integer NOT NULL, at public.geo(Point,4326), near public.vec(3)[]);';
      const objects = [
        ['extension', 'geometries', 'CREATE EXTENSION IF NOT EXISTS geometries WITH SCHEMA public;'],
        ['extension', 'citext', 'CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;'],
        ['table', 'public.items', table],
        ['index', 'public.items_at', 'CREATE INDEX items_at ON public.items USING nearest (at);'],
        ['index', 'public.items_id', 'CREATE INDEX items_id ON public.items USING btree (id);'],
        ['event trigger', 'seen', SEEN],
      ].map(([kind, name, sql]) => ({ kind: kind!, name: name!, sql: sql! }));
      const { preamble } = postgresqlSchema();
      const { gaps } = await build(session, { objects, notDumped: [], preamble }, username);
      expect(gaps).toEqual({
        extensions: ['geometries'],
        standIns: ['type public.geo', 'type public.vec'],
        leftOut: [{ kind: 'index', name: 'public.items_at', why: 'access method "nearest" does not exist' }],
        notDumped: [],
      });
      // The migrating user owns what he will change.
      await session.run('ALTER TABLE public.items DROP COLUMN id');
      await expect(session.run('CREATE INDEX ON public.items (id)')).rejects.toMatchObject({ code: '42703' });
    } finally {
      await session.end();
    }
  });
});

const SEEN = `CREATE FUNCTION public.seen() RETURNS event_trigger LANGUAGE plpgsql AS 'begin end';
CREATE EVENT TRIGGER seen ON sql_drop EXECUTE FUNCTION public.seen();`;
