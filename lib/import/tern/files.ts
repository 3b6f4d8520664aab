import { significant } from '../../core/order.ts';
import type { Found } from '../found.ts';
import { cut, half, joined } from '../halves.ts';
import { inNumericOrder } from '../pairs.ts';
import { fillIn } from '../placeholders.ts';
import type { Reading, ToolFiles } from '../reading.ts';

const NAME = /^(\d+)_(.+)\.sql$/;
const SEPARATOR = '---- create above / drop below ----';
const NON_TRANSACTIONAL = /^---- tern: disable-tx ----$/;
const TEMPLATE = /\{\{-?\s*\.(\w+)\s*-?\}\}|\{\{[^}]*\}\}/g;

export const files: ToolFiles = {
  title: 'tern',
  form: '001_name.sql with `---- create above / drop below ----`',
  order: 'number',
  read: reading => {
    for (const path of reading.paths) if (path.includes('/')) reading.leaveOut(path, 'a template that other files use');
    return inNumericOrder(
      reading,
      reading.top.flatMap(path => read(reading, path)),
    );
  },
};

function read(reading: Reading, path: string): Found[] {
  const [, version, title] = NAME.exec(path) ?? [];
  if (version === undefined) return [];
  const without = { up: false, down: false };
  let section: 'up' | 'down' = 'up';
  const parts = cut(fillIn(reading, path, reading.lines(path), TEMPLATE), text => {
    if (NON_TRANSACTIONAL.test(text)) {
      without[section] = true;
      return null;
    }
    if (text.trimEnd() !== SEPARATOR || section === 'down') return undefined;
    section = 'down';
    return 'down';
  });
  const up = { file: path, lines: joined(parts, null), isNonTransactional: without.up };
  return [
    {
      version,
      title: title!,
      id: significant(version),
      up,
      down: half(path, parts, 'down', without.up || without.down),
    },
  ];
}
