/**
 * A process that uses an embedded PostgreSQL, for tests that need several of them: `embedded-user.ts [directory]`. It writes
 * `{"url", "pid", "directory"}` when the server runs, stops using it when its input ends, and can be killed at any time.
 */
import { startEmbedded } from '../../lib/local/index.ts';

const [directory] = process.argv.slice(2);
const { url, pid, directory: real, stop } = await startEmbedded({ directory });
process.stdout.write(`${JSON.stringify({ url, pid, directory: real })}\n`);
process.stdin.on('end', () => void stop()).resume();
