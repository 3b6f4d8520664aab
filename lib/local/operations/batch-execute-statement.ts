import { validateBatchExecuteStatement } from '../validations/batch-execute-statement.ts';
import { generatedFields, onBackend } from './execute-statement.ts';
import { operation } from './operation.ts';

/**
 * `POST /BatchExecute`: as often as there are parameter sets, so without one not at all
 * (https://github.com/aws/aws-sdk-js/issues/2775). Outside of a transaction each set commits by itself.
 */
export const batchExecuteStatement = operation({
  name: 'BatchExecuteStatement',
  validate: validateBatchExecuteStatement,
  answer: async (service, request) => {
    const results = await onBackend(service, { ...request, continueAfterTimeout: false }, async backend => {
      const updates: string[] = [];
      for (const parameters of request.parameterSets) {
        const { generated } = await backend.run({
          sql: request.sql,
          parameters,
          metadata: false,
          longReturnType: 'LONG',
          decimalReturnType: 'STRING',
          format: 'NONE',
          limit: 1024 * 1024,
        });
        updates.push(`{"generatedFields":${generatedFields(generated)}}`);
      }
      return updates;
    });
    return `{"updateResults":[${results.join()}]}`;
  },
});
