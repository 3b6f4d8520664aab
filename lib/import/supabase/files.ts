import type { ToolFiles } from '../reading.ts';

const NAME = /^(\d+)_(.*)\.sql$/;
/** The CLI skips a first file `…_init.sql` that is older than this. */
const INIT_BEFORE = '20211209000000';

export const files: ToolFiles = {
  title: 'Supabase',
  form: '20240101120000_name.sql',
  order: 'text',
  allowsTies: true,
  read: reading =>
    reading.top.flatMap((path, at) => {
      const [, version, title] = NAME.exec(path) ?? [];
      if (version === undefined) return [];
      if (at === 0 && title === 'init' && version < INIT_BEFORE) {
        reading.leaveOut(path, 'an old first file, which the Supabase CLI skips');
        return [];
      }
      return [{ version, title: title!, id: version, up: { file: path, lines: reading.lines(path) } }];
    }),
};
