import type { Problem } from './errors.ts';

/** The major versions of the servers that are supported: the one list of them. `npm run test:versions` tries each PostgreSQL. */
export const SUPPORTED = {
  postgresql: [13, 14, 15, 16, 17, 18],
  mysql: [8, 9],
} as const;

const NAMES = { postgresql: 'PostgreSQL', mysql: 'MySQL' } as const;

/**
 * Says what is wrong with a server of this version, or null. `version` is what the server calls itself: `17.5`, `8.0.43-debug`,
 * `10.11.18-MariaDB`.
 */
export function unsupportedServer(engine: keyof typeof SUPPORTED, version: string): Problem | null {
  const supported: readonly number[] = SUPPORTED[engine];
  const [oldest, newest] = [supported[0]!, supported.at(-1)!];
  const isMariadb = engine === 'mysql' && /mariadb/i.test(version);
  const major = Number.parseInt(version, 10);
  if (!isMariadb && supported.includes(major)) return null;
  const name = isMariadb ? 'MariaDB' : NAMES[engine];
  const range = `${NAMES[engine]} ${oldest} to ${newest}`;
  return {
    code: 'unsupported-server',
    message: `The server is ${name} ${/^[\d.]*\d/.exec(version)?.[0] ?? version}, and only ${range} are supported`,
    remedy:
      !isMariadb && major > newest
        ? 'Update aurora-migrations, or use a server that it supports'
        : `Use ${range}: upgrade the server, or migrate another one`,
  };
}
