import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { type MysqlSwitches, startLocal } from '../../../lib/local/index.ts';
import { freshMysql, mysqlMasterUrl } from '../../support/mysql.ts';
import { type Contract, speak } from './target.ts';

/** Reaches the local Data API with MySQL behind it, over a database of its own. */
export async function mysqlContract(switches: MysqlSwitches = {}): Promise<Contract> {
  const { name, stop: drop } = await freshMysql(false);
  const local = await startLocal({ engine: 'mysql', mysql: { switches }, url: mysqlMasterUrl, database: name });
  const { endpoint, region, credentials, resourceArn, secretArn } = local;
  const client = new RDSDataClient({ endpoint, region, credentials: { ...credentials }, maxAttempts: 1 });
  return speak(client, { resourceArn, secretArn, database: name }, async () => {
    client.destroy();
    await local.stop();
    await drop();
  });
}
