import type { ManifestReader } from '../../lib/core/manifest.ts';
import { postgresql } from '../../lib/engine/postgresql/index.ts';
import type { Local } from '../../lib/local/index.ts';
import { migrate } from '../../lib/runner/index.ts';
import { clientOf } from '../support/sweep.ts';

// A process of its own that makes one run: what it is to do comes with the first message.
process.once('message', (message: unknown) => {
  const { local, manifest, bodies } = message as {
    local: Local;
    manifest: ManifestReader['manifest'];
    bodies: Record<string, Awaited<ReturnType<ManifestReader['body']>>>;
  };
  const migrations: ManifestReader = { manifest, body: async name => bodies[name]! };
  void migrate({
    database: clientOf(local),
    engine: postgresql(),
    migrations,
    requestedBy: 'a process',
    leaseMs: 300,
  }).finally(() => process.disconnect());
});
