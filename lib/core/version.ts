/** Version of the package: written with each attempt. A test holds it to package.json. */
export const VERSION = '0.1.0';
