import type { Problem } from '../core/errors.ts';
import type { EngineName } from '../core/manifest.ts';

/**
 * The first minor version with the Data API of each PostgreSQL line, and of Aurora MySQL. Source: Aurora user guide, "Supported Regions and
 * Aurora DB engines for RDS Data API", November 2026.
 */
const FIRST_MINOR: Readonly<Record<EngineName, Readonly<Record<number, number>>>> = {
  postgresql: { 13: 11, 14: 8, 15: 3, 16: 1, 17: 4, 18: 3 },
  mysql: { 3: 7 },
};

const LISTED = 'PostgreSQL 13.11, 14.8, 15.3, 16.1, 17.4 and 18.3, and Aurora MySQL 3.07';

/** A problem for an engine version that AWS says has no Data API. A version that is not known has none. */
export function withoutDataApi(engine: EngineName | undefined, version: string | undefined): Problem | undefined {
  const [major, minor] = numbersOf(engine, version);
  if (engine === undefined || major === undefined || minor === undefined) return undefined;
  const lines = FIRST_MINOR[engine];
  const oldest = Math.min(...Object.keys(lines).map(Number));
  const first = lines[major] ?? (major < oldest ? Number.POSITIVE_INFINITY : 0);
  if (minor >= first) return undefined;
  return {
    code: 'no-data-api',
    message: `The engine version ${version} has no RDS Data API`,
    remedy: `Use a newer version: the Data API begins with ${LISTED}`,
  };
}

/** A problem for an engine version of which AWS does not say whether it has the Data API. */
export function withUnknownDataApi(engine: EngineName | undefined, version: string | undefined): Problem | undefined {
  if (version === undefined) return undefined;
  const isLimitless = version.includes('limitless');
  const isNewMysql = engine === 'mysql' && !((numbersOf(engine, version)[0] ?? 0) in FIRST_MINOR.mysql);
  if (!isLimitless && !isNewMysql) return undefined;
  return {
    code: 'unknown-data-api',
    message: `AWS does not say whether the engine version ${version} has the RDS Data API`,
    remedy: `Try it, and acknowledge this; listed are ${LISTED} and newer ones of these lines`,
  };
}

/** `16.4` → 16, 4; `8.0.mysql_aurora.3.10.1` → 3, 10. */
function numbersOf(engine: EngineName | undefined, version = ''): number[] {
  const pattern = engine === 'mysql' ? /mysql_aurora\.(\d+)\.(\d+)/ : /^(\d+)\.(\d+)/;
  return (pattern.exec(version) ?? []).slice(1).map(Number);
}
