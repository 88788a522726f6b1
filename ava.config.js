// Tests run as compiled by `npm run compile`. The lab's emulated processor gets ten times the time. What V8 compiles, it
// translates once more: everything takes two thirds of the time without.
import { setFlagsFromString } from 'node:v8';

const inLab = process.env.LAB_GUEST === '1';
const slowness = inLab ? 10 : 1;
if (inLab) ['--no-opt', '--no-sparkplug'].forEach((flag) => setFlagsFromString(flag));

export default {
  files: ['build/test/{unit,golden,live}/**/*.test.js'],
  nodeArguments: ['--enable-source-maps'],
  timeout: `${3 * slowness}m`,
};
