import { createInterface } from 'node:readline/promises';
import { main } from './main.ts';

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interruption.abort());

const { signal } = interruption;
process.exitCode = await main(process.argv.slice(2), {
  write: line => void process.stdout.write(`${line}\n`),
  ask: process.stdin.isTTY ? ask : undefined,
  signal,
});

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question, { signal });
  } finally {
    terminal.close();
  }
}
