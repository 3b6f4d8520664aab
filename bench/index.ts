import { parseArgs } from 'node:util';
import { install } from './install.ts';

/** `npm run bench -- [--only noop,50x5] [--rounds 5] [--latency 20]`: everything, or what is named, to the terminal and to RESULTS.md. */
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    latency: { type: 'string', default: '20' },
    contestants: { type: 'string' },
  },
});
const say = (line: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${line}`);
};

// The SDKs' advice on Node.js versions is not what is asked for here.
process.removeAllListeners('warning');
install(line => process.stderr.write(`${line}\n`));
// Only now can they be loaded.
const { main } = await import('./main.ts');
await main({
  only: values.only?.split(','),
  contestants: values.contestants?.split(','),
  rounds: Number(values.rounds),
  latency: Number(values.latency),
  say,
});
