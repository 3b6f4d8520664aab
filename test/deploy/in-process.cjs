// A Lambda runtime in the process of the test: a process for each sandbox takes longer to start than most deploys take. Each handler has the environment
// and the output of its function, as in `runtime.cjs`, and each sandbox a fresh instance of its entry, with which all that it keeps is new.
const { AsyncLocalStorage } = require('node:async_hooks');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

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
exports.load = async (folder, specification, environment, onOutput) => {
  const [file, name] = specification.split('.');
  const url = `${pathToFileURL(join(folder, `${file}.mjs`)).href}?sandbox=${++loads}`;
  const store = { environment: { ...environment }, onOutput };
  const { [name]: handler } = await within(store, () => import(url));
  return (event, invocation) => within(store, () => handler(event, invocation));
};

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
