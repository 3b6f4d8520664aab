// A Lambda runtime in the process of the test: a process for each sandbox takes longer to start than most deploys take. Each handler has the environment
// and the output of its function, as in `runtime.cjs`, and each sandbox a fresh instance of its modules, with which all that it keeps is new.
const { AsyncLocalStorage } = require('node:async_hooks');
const { existsSync, readFileSync } = require('node:fs');
const { isBuiltin } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { compileFunction } = require('node:vm');
const { lambdaConsole, respondTo } = require('./lambda.cjs');

/** The function at work: its environment, and who reads its output. */
const current = new AsyncLocalStorage();
let working = 0;
let loads = 0;

const here = real => current.getStore()?.environment ?? real;
process.env = new Proxy(process.env, {
  get: (real, name) => here(real)[name],
  set: (real, name, value) => {
    here(real)[name] = value;
    return true;
  },
  deleteProperty: (real, name) => delete here(real)[name],
  has: (real, name) => name in here(real),
  ownKeys: real => Reflect.ownKeys(here(real)),
  getOwnPropertyDescriptor: (real, name) => Reflect.getOwnPropertyDescriptor(here(real), name),
});

/** Load a handler from the folder of an asset, as `index.handler`. */
exports.load = async ({ folder, handler: specification, environment, sink }, onOutput) => {
  const [file, name] = specification.split('.');
  const module = join(folder, `${file}.mjs`);
  const store = { environment: { ...environment }, onOutput };
  const { [name]: handler } = await within(store, () =>
    existsSync(module) ? import(`${pathToFileURL(module).href}?sandbox=${++loads}`) : framework(folder, file, sink),
  );
  return (event, invocation) => within(store, () => handler(event, invocation));
};

/** A fresh instance of CDK's framework. Its SDK comes with Lambda's runtime, and keeps nothing but what it has compiled. */
function framework(folder, file, sink) {
  const instances = new Map();
  function instance(path) {
    if (instances.has(path)) return instances.get(path).exports;
    const module = { exports: {} };
    instances.set(path, module);
    const parameters = ['module', 'exports', 'require', 'console'];
    const code = compileFunction(readFileSync(path, 'utf8'), parameters, { filename: path });
    code(module, module.exports, find, lambdaConsole);
    return module.exports;
  }
  function find(id) {
    if (id.startsWith('.')) return instance(join(folder, `${id}.js`));
    return require(isBuiltin(id) ? id : join(process.env.NODE_PATH, id));
  }
  instance(join(folder, 'outbound.js')).httpRequest = respondTo(sink);
  return instance(join(folder, `${file}.js`));
}

/** Do `work` as the function. While none is at work the storage costs nothing. */
async function within(store, work) {
  if (working++ === 0) redirectOutput();
  try {
    return await current.run(store, work);
  } finally {
    if (--working === 0) {
      process.stdout.write = write;
      current.disable();
    }
  }
}

let write;

function redirectOutput() {
  write = process.stdout.write;
  process.stdout.write = function (chunk, ...rest) {
    const store = current.getStore();
    if (store === undefined) return Reflect.apply(write, this, [chunk, ...rest]);
    store.onOutput(String(chunk));
    return true;
  };
}
