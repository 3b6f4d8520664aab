import { expect, test } from 'vitest';
import { masked } from '../../../lib/cli/render/masked.ts';
import { messages } from '../../docs/messages.ts';

test.each([
  ['postgres://app:secret@localhost/app', 'postgres://app:***@localhost/app'],
  ['could not reach postgresql://app:secret@db:5432/app.', 'could not reach postgresql://app:***@db:5432/app.'],
  ['postgres://app:p@ss/w:rd@localhost/app', 'postgres://app:***@localhost/app'],
  ['postgres://:secret@localhost/app', 'postgres://:***@localhost/app'],
  ['"postgres://a:b@c","postgres://d:e@f"', '"postgres://a:***@c","postgres://d:***@f"'],
  ['postgres://localhost/app?user=app&password=secret&x=1', 'postgres://localhost/app?user=app&password=***&x=1'],
  ['postgres://app@localhost:5432/app', 'postgres://app@localhost:5432/app'],
  ['https://example.com/a:b, mail me@example.com', 'https://example.com/a:b, mail me@example.com'],
  ['http://127.0.0.1:4000/x', 'http://127.0.0.1:4000/x'],
])('%s', (text, shown) => {
  expect(masked(text)).toBe(shown);
});

test('no message of ours has an example that would be masked', () => {
  const texts = messages('lib', 'lambda').flatMap(({ message, remedy }) => [message ?? '', remedy ?? '']);
  expect(texts.length).toBeGreaterThan(300);
  expect(texts.filter(text => masked(text) !== text)).toEqual([]);
});
