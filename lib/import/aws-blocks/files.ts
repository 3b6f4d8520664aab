import type { ToolFiles } from '../reading.ts';

const NAME = /^(\d+)_(.*)\.sql$/;

export const files: ToolFiles = {
  title: 'aws-blocks',
  form: '001_name.sql',
  order: 'text',
  allowsTies: true,
  read: reading =>
    reading.top.flatMap(path => {
      const [, version, title] = NAME.exec(path) ?? [];
      return version === undefined
        ? []
        : [{ version, title: title!, id: path, up: { file: path, lines: reading.lines(path) } }];
    }),
};
