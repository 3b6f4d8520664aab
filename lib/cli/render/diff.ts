import type { Screen } from './screen.ts';

/** A unified diff in colours. */
export function diffText(text: string, { color }: Pick<Screen, 'color'>): string {
  const styles: Readonly<Record<string, (line: string) => string>> = {
    '+': color.green,
    '-': color.red,
    '@': color.cyan,
  };
  return text
    .split('\n')
    .map(line => (styles[line[0] ?? ''] ?? String)(line))
    .join('\n');
}
