/** Of package.json; a test compares. (Imported JSON makes Node 20 print a warning, and a file read at run time must be found first.) */
export const VERSION = '0.1.0';
