// What a Lambda runtime of the harness brings to a handler besides the environment, in the process of the test and in one of its own.

/** Writes lines as Lambda's JSON log format has them. */
exports.lambdaConsole = Object.fromEntries(
  [
    ['info', 'INFO'],
    ['error', 'ERROR'],
    ['warn', 'WARN'],
    ['log', 'INFO'],
  ].map(([method, level]) => [
    method,
    (...args) =>
      process.stdout.write(`${JSON.stringify({ level, message: args.length === 1 ? args[0] : args.join(' ') })}\n`),
  ]),
);

/** Sends what CDK's framework answers over HTTPS to the host of the response URL to the harness instead. */
exports.respondTo = sink =>
  async function httpRequest({ path, method }, body) {
    const { status } = await fetch(sink + path, { method, body });
    if (status >= 400) throw new Error(`Unsuccessful HTTP response: ${status}`);
  };
