import { startMysqld } from '../../lib/local/index.ts';

// A process of its own that uses the server of a directory (none: a temporary one) until it is killed or told to stop.
const [directory] = process.argv.slice(2);
const server = await startMysqld({ directory: directory || undefined });
process.send?.(server.url);
process.once('message', () => void server.stop().then(() => process.disconnect()));
