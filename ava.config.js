// Tests run as compiled by `npm run compile`. The lab's emulated processor gets ten times the time.
const slowness = process.env.LAB_GUEST === '1' ? 10 : 1;

export default {
  files: ['build/test/{unit,golden,live}/**/*.test.js'],
  nodeArguments: ['--enable-source-maps'],
  timeout: `${3 * slowness}m`,
};
