import { App } from 'aws-cdk-lib';
import { MigrationError } from '../core/errors.ts';
import { ExampleStack } from './example-stack.ts';

/** The app of `cdk.json`. Context: `-c engine=mysql`. */
export function exampleApp(): App {
  const app = new App();
  const engine: unknown = app.node.tryGetContext('engine') ?? 'postgresql';
  if (engine !== 'postgresql' && engine !== 'mysql') {
    throw new MigrationError({
      code: 'other-engine',
      message: `There is no engine ${JSON.stringify(engine)}`,
      remedy: 'Give -c engine=postgresql or -c engine=mysql',
    });
  }
  new ExampleStack(app, 'AuroraMigrationsExample', {
    engine,
    description: 'A serverless Aurora that pauses, and its SQL migrations (aurora-migrations)',
  });
  return app;
}
