import type { MysqlSwitches, Switches } from '../../lib/local/index.ts';

/**
 * Switches of the local Data API for all tests that do not set them, as JSON in the environment:
 * `LOCAL_SWITCHES='{"oid":"long"}' npx vitest run test/runner`. Tests of the local Data API itself expect the defaults.
 */
export function chosenSwitches(): Switches {
  return JSON.parse(process.env.LOCAL_SWITCHES ?? '{}');
}

/** The same with MySQL behind it, in `LOCAL_MYSQL_SWITCHES`. */
export function chosenMysqlSwitches(): MysqlSwitches {
  return JSON.parse(process.env.LOCAL_MYSQL_SWITCHES ?? '{}');
}
